SELECT drop_shadows()
