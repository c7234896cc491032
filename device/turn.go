package device

// openInTurn makes a connection when Options.Admit says that it is this client's turn.
func (c *Client) openInTurn() (*link, error) {
	if c.o.Admit != nil {
		if err := c.o.Admit(c.life); err != nil {
			return nil, classify(err)
		}
	}
	return c.open(c.life)
}
