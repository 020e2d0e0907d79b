; Inno Setup script. Build the one-folder program first (packaging/build.py on Windows), then run: iscc gpuproof.iss
; Written against Inno Setup 6; it has not been compiled by the project yet.
#define Version "0.1.0"

[Setup]
AppId={{B6E0D6E2-6C40-4B0E-9A63-3C1F5E6C1A10}
AppName=gpuproof
AppVersion={#Version}
AppPublisher=The gpuproof maintainers
DefaultDirName={autopf}\gpuproof
DefaultGroupName=gpuproof
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
OutputBaseFilename=gpuproof-{#Version}-setup
Compression=lzma2/max
SolidCompression=yes
ChangesAssociations=yes
ChangesEnvironment=yes
LicenseFile=..\..\LICENSE
UninstallDisplayIcon={app}\gpuproof.exe

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked

[Files]
Source: "..\..\dist\gpuproof\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\gpuproof"; Filename: "{app}\gpuproof.exe"
Name: "{autodesktop}\gpuproof"; Filename: "{app}\gpuproof.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.gpuproof"; ValueType: string; ValueData: "gpuproof.case"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\gpuproof.case"; ValueType: string; ValueData: "gpuproof case"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\gpuproof.case\shell\open\command"; ValueType: string; ValueData: """{app}\gpuproof.exe"" open ""%1"""

[Run]
Filename: "{app}\gpuproof.exe"; Description: "{cm:LaunchProgram,gpuproof}"; Flags: nowait postinstall skipifsilent
