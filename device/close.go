package device

import (
	"context"
	"fmt"
	"time"
)

// Close takes no more messages, waits for the confirmation of those on their way as long as there is a
// connection and ctx allows, sends DISCONNECT and ends everything that the client started. What is
// still not confirmed fails with [ErrClosed]. Its error is ctx's when that cut the waiting short. It
// may be called more than once; every call returns after the end.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed, c.grace = true, ctx
		close(c.closing)
	}
	running := c.running
	connecting := c.link == nil
	c.mu.Unlock()
	if connecting {
		c.endLife()
	}
	defer context.AfterFunc(ctx, c.giveUp)()
	if running != nil {
		<-running
	}
	c.endLife()
	left := c.failAll(ErrClosed)
	if left > 0 && ctx.Err() != nil {
		return fmt.Errorf("close device %q with %d messages not confirmed: %w", c.cs.DeviceID, left, ctx.Err())
	}
	return nil
}

// giveUp ends what Close waits for, even a write that hangs.
func (c *Client) giveUp() {
	c.endLife()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link != nil {
		_ = c.link.wire.SetWriteDeadline(time.Now().Add(disconnectTime))
	}
}
