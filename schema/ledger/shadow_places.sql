-- Places that one side knows and the other does not.
(SELECT service, environment FROM public.place EXCEPT SELECT service, environment FROM pg_temp.place)
UNION ALL
(SELECT service, environment FROM pg_temp.place EXCEPT SELECT service, environment FROM public.place)
