"""A province that exists only as numbers: it talks to Đình through HTTP and MQTT, as any real source would."""
