-- Writes the rows of a rebuild that differ from the stored ones, and returns their number.
SELECT apply_shadows() AS rows
