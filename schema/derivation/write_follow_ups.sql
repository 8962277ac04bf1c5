UPDATE deployment d SET cause = r.cause, is_justified = r.is_justified, is_attributed = r.is_attributed,
  owes_merge = r.owes_merge, merged_back_at = r.merged_back_at, lines_changed = r.lines_changed, done = r.done
FROM (SELECT id, cause, is_justified, is_attributed, owes_merge, merged_back_at, lines_changed,
             ARRAY(SELECT jsonb_array_elements_text(done)) AS done
      FROM jsonb_to_recordset($1::jsonb) AS r (
        id text, cause text, is_justified boolean, is_attributed boolean, owes_merge boolean, merged_back_at timestamptz,
        lines_changed bigint, done jsonb)) AS r
WHERE d.id = r.id AND (d.cause, d.is_justified, d.is_attributed, d.owes_merge, d.merged_back_at, d.lines_changed, d.done)
  IS DISTINCT FROM (r.cause, r.is_justified, r.is_attributed, r.owes_merge, r.merged_back_at, r.lines_changed, r.done)
RETURNING d.service, d.environment
