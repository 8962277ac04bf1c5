-- Start of the tracking of merge-backs of d (figures.md 16); null: not tracked.
least((SELECT min(c.told_at) FROM commit_seen c WHERE c.told_in = d.repository AND c.told_in <> '' AND c.told_at IS NOT NULL), scope.merges_since)
