package station

import (
	"errors"
	"fmt"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// MQTT is paho as a device or module.
type MQTT struct {
	s *Station
	paho.Client
	Lost chan error // why the hub ended the connection
	in   chan paho.Message
}

// Paho are the options of the documentation for a device without an SDK (protocol 4.1).
func (s *Station) Paho(i Identity, over Transport) *paho.ClientOptions {
	s.T.Helper()
	url := "ssl://" + s.Hub.Target().MQTTAddr
	if over == WebSocket {
		url = s.SocketURL()
	}
	return paho.NewClientOptions().
		AddBroker(url).
		SetTLSConfig(s.Trust(i.certificates()...)).
		SetProtocolVersion(4).
		SetClientID(i.ClientID()).
		SetUsername("localhost/" + i.ClientID() + "/?api-version=2021-04-12").
		SetPassword(s.Token(i)).
		SetCleanSession(false).
		SetAutoReconnect(false).
		SetConnectRetry(false).
		SetConnectTimeout(Patience)
}

// Connect connects as a device or module; change alters the options.
func (s *Station) Connect(i Identity, over Transport, change ...func(*paho.ClientOptions)) *MQTT {
	s.T.Helper()
	c, err := s.TryConnect(i, over, change...)
	if err != nil {
		s.T.Fatalf("connect as %s over %s: %v", i.ClientID(), over, err)
	}
	return c
}

// TryConnect is Connect for a device that may be refused.
func (s *Station) TryConnect(i Identity, over Transport, change ...func(*paho.ClientOptions)) (*MQTT, error) {
	s.T.Helper()
	c := &MQTT{s: s, Lost: make(chan error, 1), in: make(chan paho.Message, 100)}
	o := s.Paho(i, over).
		SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { c.in <- m }).
		SetConnectionLostHandler(func(_ paho.Client, err error) { c.Lost <- err })
	for _, f := range change {
		f(o)
	}
	c.Client = paho.NewClient(o)
	s.T.Cleanup(func() { c.Disconnect(100) })
	return c, Within(c.Client.Connect())
}

// Within waits for what paho was asked to do.
func Within(token paho.Token) error {
	if !token.WaitTimeout(Patience) {
		return fmt.Errorf("no answer in %v", Patience)
	}
	return token.Error()
}

// Subscribe subscribes; what comes is given by Next.
func (c *MQTT) Subscribe(qos byte, filters ...string) {
	c.s.T.Helper()
	for _, filter := range filters {
		if err := Within(c.Client.Subscribe(filter, qos, nil)); err != nil {
			c.s.T.Fatalf("subscribe to %s: %v", filter, err)
		}
	}
}

// Publish publishes and, at QoS 1, waits for the acknowledgement.
func (c *MQTT) Publish(qos byte, topic, body string) {
	c.s.T.Helper()
	if err := Within(c.Client.Publish(topic, qos, false, body)); err != nil {
		c.s.T.Fatalf("publish to %s: %v", topic, err)
	}
}

// Next is the next message.
func (c *MQTT) Next() paho.Message {
	c.s.T.Helper()
	select {
	case m := <-c.in:
		return m
	case err := <-c.Lost:
		c.s.T.Fatalf("waiting for a message: %v", err)
	case <-time.After(Patience):
		c.s.T.Fatal("no message comes")
	}
	return nil
}

// Waiting counts the messages that came and were not taken.
func (c *MQTT) Waiting() int { return len(c.in) }

// Ended waits until the hub ends the connection.
func (c *MQTT) Ended() error {
	select {
	case <-c.Lost:
		return nil
	case <-time.After(Patience):
		return errors.New("the connection is still there")
	}
}
