// LineServer
