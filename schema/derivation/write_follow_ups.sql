-- Stores the follow-ups of hotfixes. Returns the rows that differed.
UPDATE deployment d SET cause = r.cause, is_justified = r.is_justified, is_attributed = r.is_attributed,
  owes_merge = r.owes_merge, merged_back_at = r.merged_back_at, lines_changed = r.lines_changed, done = r.done
FROM (SELECT id, nullif(cause, '') AS cause, is_justified, is_attributed, owes_merge, merged_back_at, lines_changed,
             ARRAY(SELECT jsonb_array_elements_text(done)) AS done
      FROM unnest($1::text[], $2::boolean[], $3::text[], $4::boolean[], $5::boolean[], $6::timestamptz[], $7::bigint[], $8::jsonb[])
        AS r (id, is_attributed, cause, is_justified, owes_merge, merged_back_at, lines_changed, done)) AS r
WHERE d.id = r.id AND (d.cause, d.is_justified, d.is_attributed, d.owes_merge, d.merged_back_at, d.lines_changed, d.done)
  IS DISTINCT FROM (r.cause, r.is_justified, r.is_attributed, r.owes_merge, r.merged_back_at, r.lines_changed, r.done)
RETURNING d.id, d.service, d.environment
