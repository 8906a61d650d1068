"""An export as a folder of parts, which workers of a fleet make side by side."""
