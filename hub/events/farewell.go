package events

import (
	"context"
	"sync"
	"time"
)

// dead tells whether the network connection has ended.
func (c *connection) dead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.socket == nil {
		return true
	}
	ended, _ := c.socket.dead()
	return ended
}

// cut ends the network connection at once, for want of an answer.
func (c *connection) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.socket != nil {
		c.socket.cut(context.DeadlineExceeded)
	}
}

// limitFarewell sees to it that what runs on the connection ends soon after ctx: what still waits for the hub by
// then has its connection cut. It is to be stopped.
func (c *connection) limitFarewell(ctx context.Context) (stop func()) {
	ended := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-ctx.Done():
		case <-ended:
			return
		}
		limit := time.NewTimer(closeTimeout)
		defer limit.Stop()
		select {
		case <-limit.C:
			c.cut()
		case <-ended:
		}
	})
	return func() {
		close(ended)
		watching.Wait()
	}
}

// close says good-bye and cuts the connection.
func (c *connection) close() {
	c.mu.Lock()
	sock := c.socket
	c.mu.Unlock()
	polite := func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		_ = c.client.Close(ctx)
	}
	if sock == nil {
		polite()
		return
	}
	sock.closeSoon(polite)
}
