package device

import "sync"

// aside runs f on a goroutine of its own and waits for it. TLS, and what callbacks do, needs a deep stack for a moment.
// A goroutine that stays would keep such a stack, and a process of ten thousand devices has twenty thousand that stay.
func aside(f func()) {
	var wg sync.WaitGroup
	wg.Go(f)
	wg.Wait()
}
