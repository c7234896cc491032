// Package provision finds the device identities of a list in a hub and creates those that are missing, a hundred in a
// call, at the pace that the hub allows.
//
//	result, err := provision.Run(ctx, client, ids, provision.Options{Create: true})
//	fleet := result.ConnectionStrings(target.Service)
//
// Give it a client that tries once, hub.Retry{Tries: 1}: when the hub is throttled, all calls of a run wait
// together and not each for itself.
package provision
