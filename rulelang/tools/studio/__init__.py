"""The playground: its static files, the server on this machine, and the folder that it opens."""
