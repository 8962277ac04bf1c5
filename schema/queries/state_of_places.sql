-- Another text after any change of any place: each takes a generation that is larger than all before it.
SELECT count(*) || ' ' || coalesce(sum(generation), 0) FROM place
