package device

import "github.com/eclipse/paho.mqtt.golang/packets"

// greet is called once for a new link, before anybody is told of it, to post the subscriptions.
func (c *Client) greet(*link) {}

// arrived takes a message to the device; subscribed the answer to a SUBSCRIBE.
func (c *Client) arrived(*link, *packets.PublishPacket) error   { return nil }
func (c *Client) subscribed(*link, *packets.SubackPacket) error { return nil }
