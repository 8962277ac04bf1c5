-- Whether reviews are tracked at all: `reviews = "off"` is stored as the year 9999.
coalesce(scope.reviews_since < '9999-01-01 00:00:00+00', true)
