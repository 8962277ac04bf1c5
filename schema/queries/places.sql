SELECT service, environment, generation, team FROM place
