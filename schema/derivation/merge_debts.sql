-- Whether the given hotfixes owe that they be merged back, and when they were.
SELECT d.id, d.owes_merge AND d.rolled_back_by IS NULL AS owes, microseconds(d.merged_back_at) AS merged_back_at
FROM deployment d WHERE d.id = ANY ($1::text[])
