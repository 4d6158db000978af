"""MQTT: readings from sensors and networks through a broker, acknowledged once they are on disk."""
