-- Returns whether each hotfix of $1 (ids) has to be merged back, unless it was rolled back, and when it was merged back.
SELECT d.id, d.owes_merge AND d.rolled_back_by IS NULL AS owes, microseconds(d.merged_back_at) AS merged_back_at
FROM deployment d WHERE d.id = ANY ($1::text[])
