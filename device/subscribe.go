package device

import (
	"fmt"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
)

// The packet identifiers of subscriptions; see firstID. Each has its own, so that a SUBACK says what it is for.
const (
	messagesID = iota + 1
	callsID
	answersID
	desiredID
	cleanID
)

const refusedSubscription = 0x80 // [MQTT-3.9.3-2]

// greeting is what a link still has to be granted before everything can come down to the device. down.mu guards it.
type greeting struct {
	link    *link
	wanted  uint8 // bits by identifier
	granted uint8
	refused uint8
	told    bool        // OnSubscribed was
	cleaned bool        // subscriptions that an earlier program left behind are gone
	timer   *time.Timer // runs while an answer is awaited
}

func bit(id uint16) uint8 { return 1 << id }

func (g *greeting) has(id uint16) bool { return g.granted&bit(id) != 0 }

func (g *greeting) isComplete() bool { return g.wanted&^(g.granted|g.refused) == 0 }

func (g *greeting) stop() {
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
}

// greet is called once for a new link, before anybody is told of it, to post the subscriptions. They are
// made again on every connection, whether or not the hub says that it kept them.
func (c *Client) greet(l *link) {
	d := &c.down
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	d.greeting.stop()
	d.greeting = greeting{link: l, cleaned: d.greeting.cleaned}
	d.version.begin()
	c.clean(l)
	for _, id := range []uint16{messagesID, callsID, answersID, desiredID} {
		if c.wants(id) {
			c.subscribe(id)
		}
	}
}

// wants tells whether something is to be done with what comes by a subscription. Needs down.mu.
func (c *Client) wants(id uint16) bool {
	switch id {
	case messagesID:
		return c.o.OnMessage != nil
	case callsID:
		return c.o.OnMethod != nil
	case desiredID:
		return c.o.OnDesired != nil
	default:
		return c.o.OnDesired != nil || c.down.requests.used
	}
}

func (c *Client) filter(id uint16) string {
	switch {
	case id == callsID:
		return topic.MethodCalls
	case id == answersID:
		return topic.TwinResponses
	case id == desiredID:
		return topic.DesiredPatches
	case c.cs.ModuleID != "":
		return topic.ModuleInputs(c.cs.DeviceID, c.cs.ModuleID)
	default:
		return topic.DeviceBoundMessages(c.cs.DeviceID)
	}
}

// subscribe posts a SUBSCRIBE on the greeted link: one filter a packet. Only messages need
// QoS 1 (protocol 4.2). Needs down.mu.
func (c *Client) subscribe(id uint16) {
	g := &c.down.greeting
	p := packets.NewControlPacket(packets.Subscribe).(*packets.SubscribePacket)
	p.MessageID, p.Topics, p.Qoss = id, []string{c.filter(id)}, []byte{0}
	if id == messagesID {
		p.Qoss[0] = 1
	}
	if c.post(g.link, p) != nil {
		return // the link is gone; the next one is greeted again
	}
	g.wanted |= bit(id)
	if g.timer == nil {
		l := g.link
		g.timer = time.AfterFunc(c.o.RequestTimeout, func() {
			l.wire.cut(fmt.Errorf("the hub did not answer a subscription within %v", c.o.RequestTimeout))
		})
	}
}

// clean takes back, once, what an earlier program of this device subscribed to in a session that the hub kept. Without
// it the hub would call methods that nobody answers. Needs down.mu.
func (c *Client) clean(l *link) {
	if c.down.greeting.cleaned || !l.resumed {
		return
	}
	c.down.greeting.cleaned = true
	p := packets.NewControlPacket(packets.Unsubscribe).(*packets.UnsubscribePacket)
	p.MessageID = cleanID
	for _, id := range []uint16{messagesID, callsID, desiredID} {
		if !c.wants(id) {
			p.Topics = append(p.Topics, c.filter(id))
		}
	}
	if len(p.Topics) > 0 {
		_ = c.post(l, p)
	}
}

// subscribed takes the answer to a SUBSCRIBE.
func (c *Client) subscribed(l *link, p *packets.SubackPacket) error {
	if p.MessageID < messagesID || p.MessageID > desiredID || len(p.ReturnCodes) != 1 {
		return fmt.Errorf("%w: an answer to a subscription that was not made", errGarbage)
	}
	if p.ReturnCodes[0] == refusedSubscription {
		c.refuseSubscription(l, p.MessageID)
		return nil
	}
	c.grantSubscription(l, p.MessageID)
	return nil
}

func (c *Client) grantSubscription(l *link, id uint16) {
	d := &c.down
	d.mu.Lock()
	defer d.mu.Unlock()
	g := &d.greeting
	if g.link != l {
		return
	}
	g.granted |= bit(id)
	g.refused &^= bit(id)
	if id == answersID {
		c.sendRequests()
	}
	if id == answersID || id == desiredID {
		c.readDesired()
	}
	if !g.isComplete() {
		return
	}
	g.stop()
	if !g.told && g.refused == 0 && c.o.OnSubscribed != nil {
		d.add(&d.notices, maxNotices, c.o.OnSubscribed)
	}
	g.told = true
}

func (c *Client) refuseSubscription(l *link, id uint16) {
	err := subscriptionError(id)
	d := &c.down
	d.mu.Lock()
	if d.greeting.link == l {
		d.greeting.refused |= bit(id)
		if d.greeting.isComplete() {
			d.greeting.stop()
		}
	}
	var failed []*request
	if id == answersID {
		failed = d.requests.takeAll()
	}
	d.mu.Unlock()
	for _, r := range failed {
		r.end(answer{}, err)
	}
	c.problem(err)
}

// subscriptionError is a refused subscription that says which.
type subscriptionError uint16

func (e subscriptionError) Error() string {
	sentence, _ := e.Explain()
	return sentence
}

func (subscriptionError) Unwrap() error { return ErrSubscription }

// Explain names what will not come.
func (e subscriptionError) Explain() (sentence, next string) {
	what := [...]string{
		messagesID: "cloud-to-device messages",
		callsID:    "direct methods",
		answersID:  "answers to twin requests",
		desiredID:  "desired properties",
	}[e]
	return "the hub refused the subscription to " + what, subscriptionHint
}

// arrived takes a message to the device. One that cannot be understood is counted, told of, and left with the hub: it may
// be for a newer device. An error ends the link.
func (c *Client) arrived(l *link, p *packets.PublishPacket) error {
	if p.Qos > 1 {
		return fmt.Errorf("%w: a message with QoS %d", errGarbage, p.Qos)
	}
	d, err := topic.ParseDelivery(p.TopicName)
	if err != nil {
		c.down.count(func(n *Counts) { n.Malformed++ })
		c.problem(fmt.Errorf("delivery that cannot be understood: %w", err))
		return nil
	}
	switch d.Kind {
	case topic.CloudToDevice, topic.InputMessage:
		c.takeMessage(l, d, p)
		return nil
	case topic.MethodRequested:
		c.takeCall(l, d, p)
	case topic.TwinAnswer:
		c.takeAnswer(d, p.Payload)
	case topic.DesiredChanged:
		c.takePatch(l, d, p.Payload)
	}
	if p.Qos == 0 {
		return nil
	}
	if err := c.post(l, puback(p.MessageID)); err != nil {
		return fmt.Errorf("confirm a delivery: %w", err)
	}
	return nil
}
