-- A rebuild: writes what differs, and returns how many rows did.
SELECT apply_shadows() AS rows
