"""What may leave a machine: classes of answers, stand-ins for identities, and the scan of the final bytes."""
