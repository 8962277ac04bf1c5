d.id, d.source, d.subject, d.day_order, d.finished_at, d.version, d.identity, d.kind, d.is_change, d.live, d.below, d.covers_since,
       d.rolled_back_by
