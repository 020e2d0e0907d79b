/* A library with NVML's soname for tests: one H100 with the values of tests/captures/h100-agent.json.
 *
 * NVML_STUB_FAULT names faults, separated by spaces: FUNCTION=code:15, FUNCTION=hang, FUNCTION=crash,
 * FUNCTION=garbage, *=lost_after:20 (every call after the 20th answers GPU_IS_LOST, code 15).
 * -DOLD_DRIVER leaves out what drivers before 450 did not have.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned U;
typedef unsigned long long L;
static int calls;

static const char *fault_of(const char *function) {
  static char text[2000];
  const char *all = getenv("NVML_STUB_FAULT");
  if (!all) return 0;
  strncpy(text, all, sizeof text - 1);
  for (char *part = strtok(text, " "); part; part = strtok(0, " ")) {
    char *equals = strchr(part, '=');
    if (equals && strlen(function) == (size_t)(equals - part) && !strncmp(part, function, equals - part)) return equals + 1;
  }
  return 0;
}

/* 0: go on; below zero: fill in garbage; else the error code to return */
static int enter(const char *function) {
  const char *fault = fault_of(function), *lost = fault_of("*");
  calls++;
  if (lost && !strncmp(lost, "lost_after:", 11) && calls > atoi(lost + 11)) return 15;
  if (!fault) return 0;
  if (!strcmp(fault, "hang")) for (;;) pause();
  if (!strcmp(fault, "crash")) abort();
  if (!strcmp(fault, "garbage")) return -1;
  return strncmp(fault, "code:", 5) ? 0 : atoi(fault + 5);
}

#define BEGIN(name) int code = enter(#name); if (code > 0) return code
#define U1(name, v) int name(void *d, U *a) { BEGIN(name); *a = code ? 0xFFFFFFFFu : (v); return 0; }
#define U2(name, v, w) int name(void *d, U *a, U *b) { BEGIN(name); *a = code ? 0xFFFFFFFFu : (v); *b = (w); return 0; }
#define UI(name, v) int name(void *d, U i, U *a) { BEGIN(name); *a = code ? 0xFFFFFFFFu : (v); return 0; }
#define L1(name, v) int name(void *d, L *a) { BEGIN(name); *a = code ? ~0ull : (v); return 0; }
#define TEXT(name, v) int name(void *d, char *a, U n) { BEGIN(name); strcpy(a, code ? "\xff\xfe" : (v)); return 0; }
#define NO(name) int name() { BEGIN(name); return 3; }

int nvmlInitWithFlags(U flags) { BEGIN(nvmlInitWithFlags); return 0; }
int nvmlInit_v2(void) { BEGIN(nvmlInit_v2); return 0; }
int nvmlShutdown(void) { return 0; }
const char *nvmlErrorString(int code) { return "stub"; }
int nvmlSystemGetDriverVersion(char *a, U n) { BEGIN(nvmlSystemGetDriverVersion); strcpy(a, code ? "\xff" : "580.159.04"); return 0; }
int nvmlSystemGetNVMLVersion(char *a, U n) { BEGIN(nvmlSystemGetNVMLVersion); strcpy(a, "13.580.159.04"); return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *a) { BEGIN(nvmlSystemGetCudaDriverVersion_v2); *a = 13000; return 0; }
int nvmlDeviceGetCount_v2(U *a) { BEGIN(nvmlDeviceGetCount_v2); *a = code ? 0xFFFFFFFFu : 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(U i, void **d) { BEGIN(nvmlDeviceGetHandleByIndex_v2); if (i) return 2; *d = &calls; return 0; }

TEXT(nvmlDeviceGetName, "NVIDIA H100 80GB HBM3")
TEXT(nvmlDeviceGetUUID, "GPU-00000000-0000-0000-0000-000000000000")
TEXT(nvmlDeviceGetVbiosVersion, "96.00.DA.00.0C")
int nvmlDeviceGetPciInfo_v3(void *d, char *a) {
  BEGIN(nvmlDeviceGetPciInfo_v3);
  U *numbers = (U *)(a + 16);
  strcpy(a, "0000:00:06.0");
  numbers[0] = numbers[1] = 0, numbers[2] = 6, numbers[3] = 590352606u, numbers[4] = 381751518u;
  strcpy(a + 36, "00000000:00:06.0");
  return 0;
}
U2(nvmlDeviceGetCudaComputeCapability, 9, 0)
U1(nvmlDeviceGetArchitecture, 9)
U1(nvmlDeviceGetBrand, 14)
U1(nvmlDeviceGetMinorNumber, 0)
U1(nvmlDeviceGetComputeMode, 0)
U1(nvmlDeviceGetPersistenceMode, 1)
U1(nvmlDeviceGetPowerUsage, 121585)
U1(nvmlDeviceGetEnforcedPowerLimit, 700000)
U1(nvmlDeviceGetPowerManagementDefaultLimit, 700000)
U2(nvmlDeviceGetPowerManagementLimitConstraints, 200000, 700000)
U1(nvmlDeviceGetPerformanceState, 0)
U1(nvmlDeviceGetCurrPcieLinkGeneration, 5)
U1(nvmlDeviceGetMaxPcieLinkGeneration, 5)
U1(nvmlDeviceGetCurrPcieLinkWidth, 16)
U1(nvmlDeviceGetMaxPcieLinkWidth, 16)
U1(nvmlDeviceGetPcieReplayCounter, 0)
UI(nvmlDeviceGetTemperature, 33)
UI(nvmlDeviceGetTemperatureThreshold, 95)
UI(nvmlDeviceGetClockInfo, 435)
UI(nvmlDeviceGetMaxClockInfo, 1980)
int nvmlDeviceGetUtilizationRates(void *d, U *a) { BEGIN(nvmlDeviceGetUtilizationRates); a[0] = code ? 900 : 0; a[1] = 0; return 0; }
int nvmlDeviceGetMemoryInfo(void *d, L *a) { BEGIN(nvmlDeviceGetMemoryInfo); a[0] = code ? ~0ull : 85520809984ull; a[1] = 85017493504ull; a[2] = 503316480ull; return 0; }
int nvmlDeviceGetBAR1MemoryInfo(void *d, L *a) { BEGIN(nvmlDeviceGetBAR1MemoryInfo); a[0] = 137438953472ull; a[1] = 137437249536ull; a[2] = 1703936ull; return 0; }
U2(nvmlDeviceGetEccMode, 1, 1)
U1(nvmlDeviceGetDisplayActive, 0)
U1(nvmlDeviceGetVirtualizationMode, 1)
NO(nvmlDeviceGetFanSpeed)
NO(nvmlDeviceGetDriverModel)
int nvmlDeviceGetTotalEccErrors(void *d, U t, U c, L *a) { BEGIN(nvmlDeviceGetTotalEccErrors); *a = 0; return 0; }
#ifndef OLD_DRIVER
U1(nvmlDeviceGetNumGpuCores, 16896)
U1(nvmlDeviceGetMemoryBusWidth, 5120)
U1(nvmlDeviceGetPowerSource, 0)
U1(nvmlDeviceGetGpuMaxPcieLinkGeneration, 5)
U2(nvmlDeviceGetMigMode, 0, 0)
L1(nvmlDeviceGetCurrentClocksEventReasons, 1)
int nvmlDeviceGetMemoryInfo_v2(void *d, L *a) { BEGIN(nvmlDeviceGetMemoryInfo_v2); a[1] = 85520809984ull; a[2] = 503316480ull; a[3] = 85017493504ull; a[4] = 0; return 0; }
int nvmlDeviceGetRemappedRows(void *d, U *a, U *b, U *c, U *e) { BEGIN(nvmlDeviceGetRemappedRows); *a = *b = *c = *e = 0; return 0; }
int nvmlDeviceGetGspFirmwareVersion(void *d, char *a) { BEGIN(nvmlDeviceGetGspFirmwareVersion); strcpy(a, "580.159.04"); return 0; }
NO(nvmlDeviceGetNumaNodeId)
NO(nvmlDeviceGetNvLinkState)
int nvmlDeviceGetComputeRunningProcesses_v3(void *d, U *n, void *a) { BEGIN(nvmlDeviceGetComputeRunningProcesses_v3); *n = 0; return 0; }
int nvmlDeviceGetGraphicsRunningProcesses_v3(void *d, U *n, void *a) { BEGIN(nvmlDeviceGetGraphicsRunningProcesses_v3); *n = 0; return 0; }
#endif
