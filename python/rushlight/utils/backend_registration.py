"""Names of device backends of others. Rushlight has none."""
_privateuse1_backend_name = "privateuseone"
