-- Another text after any change of any place, as each that is derived is: cheaper than all of them.
SELECT count(*) || ' ' || coalesce(sum(hashtextextended(service || E'\n' || environment || E'\n' || team, generation)), 0)
FROM place
