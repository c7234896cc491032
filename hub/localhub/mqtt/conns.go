package mqtt

import "net"

func (s *Server) addListener(l net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.listeners[l] = struct{}{}
	return true
}

func (s *Server) removeListener(l net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}

// add counts a new connection, a stranger until known is called. It tells whether there is room.
func (s *Server) add(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.hasRoom() {
		return false
	}
	s.conns[c] = struct{}{}
	s.strangers++
	s.running.Add(1)
	return true
}

// hasRoom tells whether one more stranger is let in. A crowd is logged once, not once a connection.
func (s *Server) hasRoom() bool {
	if s.strangers < s.options.MaxStrangers {
		return true
	}
	if !s.crowded {
		s.crowded = true
		s.log.Warn("MQTT connections are turned away: too many have not sent a CONNECT", "waiting", s.strangers)
	}
	return false
}

// known says that a connection has shown who it is.
func (s *Server) known(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.known = true
	s.strangerLeft()
}

func (s *Server) remove(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if !c.known {
		s.strangerLeft()
	}
	s.running.Done()
}

func (s *Server) strangerLeft() {
	s.strangers--
	if s.strangers <= s.options.MaxStrangers/2 {
		s.crowded = false
	}
}
