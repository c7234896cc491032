package device

import (
	"context"
	"fmt"
	"time"
)

// Close takes no more messages, waits for the confirmation of those on their way as long as there is a
// connection, or a try to make one, and ctx allows, sends DISCONNECT and ends everything that the client
// started. What is still not confirmed fails with [ErrClosed]. Twin requests fail so at once; handlers are told to
// end by their context and waited for, so that their answers still go out. Its error is ctx's when that cut the waiting short,
// or [ErrHandler] when a handler does not heed its context: it is left behind two seconds after the end of ctx. It
// may be called more than once; every call returns after the end.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	if !c.closed {
		c.closed, c.grace = true, ctx
		close(c.closing)
	}
	running := c.running
	uselessTry := c.link == nil && c.out.waiting == 0
	c.mu.Unlock()
	c.down.stop()
	c.failRequests(ErrClosed)
	if uselessTry {
		c.endLife()
	}
	defer context.AfterFunc(ctx, c.giveUp)()
	if running != nil {
		<-running
	}
	c.endLife()
	handlers := c.down.wait(ctx)
	left := c.failAll(ErrClosed)
	if handlers > 0 {
		return fmt.Errorf("close device %q with %d messages not confirmed: %w (%d running)", c.cs.DeviceID, left, ErrHandler, handlers)
	}
	if left > 0 && ctx.Err() != nil {
		return fmt.Errorf("close device %q with %d messages not confirmed: %w", c.cs.DeviceID, left, ctx.Err())
	}
	return nil
}

// isOver tells the owner of the connection whether Close has nothing more for it to do. After a
// connection that was ended to renew its token there may be messages left, which need another one.
func (c *Client) isOver(err error) bool {
	if !c.isClosing() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return err != nil || c.out.waiting == 0 || c.grace.Err() != nil
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
