package localhub

// ConsumerGroups are those of the built-in endpoint, $Default first.
func (h *Hub) ConsumerGroups() []string { return h.core.ConsumerGroups() }

// ConsumerGroups are those of the built-in endpoint, $Default first.
func (r Running) ConsumerGroups() []string { return r.note.Settings.ConsumerGroups }
