SELECT service, environment, generation FROM place
