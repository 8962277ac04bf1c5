-- The ledger's own gauges.
SELECT (SELECT count(*) FROM delivery WHERE outcome = 'dead') AS dead,
       (SELECT count(*) FROM deployment WHERE service = '') AS unplaced
