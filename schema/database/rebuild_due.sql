-- Marks a rebuild as due after a migration, because the derived tables may lack what this program derives.
UPDATE derived_by SET version = 0
