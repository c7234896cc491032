// Package queue keeps durable queues whose items are locked, and then completed,
// rejected or abandoned, as those of IoT Hub for cloud-to-device messages,
// feedback and file notifications (protocol 4.3, 6.4, 6.5).
//
// Items and how often they were abandoned are in the store and survive a crash
// at any moment. Locks are in memory: after a restart every item is free again.
//
//	seq, err := set.Push(tx, "d1", item)          // in an operation of the store
//	items, token, err := set.Lock("d1", 1)
//	err = set.Settle(ctx, "d1", token, queue.Complete)
package queue
