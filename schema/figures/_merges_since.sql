-- Since when merge-backs of d are tracked (figures.md 16); null: they are not.
least((SELECT min(c.told_at) FROM commit_seen c WHERE c.told_in = d.repository AND c.told_in <> '' AND c.told_at IS NOT NULL), scope.merges_since)
