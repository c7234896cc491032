// Package core is what an IoT Hub is, with no wire: who may do what, the
// registry of device and module identities, their twins, direct methods and
// queues of cloud-to-device messages, one session an identity, and the event log
// of the built-in endpoint. The packages rest, mqtt and amqp put
// protocols in front of it.
//
//	h, err := core.Open(db, core.Options{Names: []string{"localhost"}})
//	who, err := h.Authenticate(token)
//	s, err := h.Connect(ctx, core.SessionInfo{ID: id, Principal: who}, kick)
//	s.Send(core.Message{Body: body}, done) // done: durable
//	t, err := h.PatchTwin(ctx, id, core.TwinPatch{Desired: patch}, etag) // s.OnDesired is told
//	m, err := h.InvokeMethod(ctx, id, core.MethodCall{Name: "reboot"})   // s.OnMethod is told
//	err = h.SendC2D(ctx, id, core.C2DMessage{Body: body})                // s.OnC2D is told
//	r, err := h.OpenReader(0, core.Position{Kind: core.Earliest})
//	records, err := r.Next(ctx, 100)
//
// Every refusal is an *Error with the code, name and tracking id that the
// service would give. Section numbers in comments are those of the protocol
// reference.
package core
