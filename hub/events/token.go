package events

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/Azure/go-amqp"

	"hubscope/hub/connstr"
	"hubscope/hub/sas"
	"hubscope/hub/secret"
)

// A connection lives on one token; it is replaced, with no event lost, some time before the token ends.
const tokenReserve = 30 * time.Minute

// hubToken is a token for the IoT Hub. protocol 1.2
func hubToken(s connstr.Service, expiry time.Time) (secret.Text, error) {
	host, _ := splitPort(s.HostName)
	token, err := sas.IoTHub(host, s.Key, s.PolicyName, expiry)
	if err != nil {
		return secret.Text{}, &Error{Kind: ErrUnauthorized, Subject: s.HostName, Detail: err.Error(), Err: err}
	}
	return token, nil
}

// eventHubToken is a token for all of the event hub, and the time to replace it (zero for a token that was
// given ready-made). protocol 1.3
func eventHubToken(e connstr.EventHub, now time.Time, lifetime time.Duration) (token secret.Text, renew time.Time) {
	if !e.Token.IsZero() {
		return e.Token, time.Time{}
	}
	host, _ := splitPort(e.Host)
	expiry := now.Add(lifetime).Round(0) // by the wall clock: that of the process stands still while a laptop sleeps
	return sas.EventHubs("sb://"+host+"/"+e.EntityPath, e.Key, e.PolicyName, expiry), expiry.Add(-tokenReserve)
}

// clientString is the connection string for azeventhubs with a ready token in it. With a key it would renew
// the claims itself in a goroutine for each link, and those of its management link outlive Close by minutes.
func clientString(e connstr.EventHub, token secret.Text) string {
	text := "Endpoint=sb://" + e.Host + "/;SharedAccessSignature=" + token.Reveal() + ";EntityPath=" + e.EntityPath
	if e.Emulator {
		text += ";UseDevelopmentEmulator=true"
	}
	return text
}

const (
	cbsAddress = "$cbs"
	cbsReply   = "cbs"
)

// putToken presents a token on the session. protocol 6.2
func putToken(ctx context.Context, session *amqp.Session, audience string, token secret.Text) error {
	receiver, err := session.NewReceiver(ctx, cbsAddress, &amqp.ReceiverOptions{Credit: 1, TargetAddress: cbsReply})
	if err != nil {
		return err
	}
	sender, err := session.NewSender(ctx, cbsAddress, nil)
	if err != nil {
		return err
	}
	replyTo := cbsReply
	request := &amqp.Message{
		Properties: &amqp.MessageProperties{MessageID: "put-token", ReplyTo: &replyTo},
		ApplicationProperties: map[string]any{
			"operation": "put-token",
			"type":      "servicebus.windows.net:sastoken",
			"name":      audience,
		},
		Value: token.Reveal(),
	}
	if err := sender.Send(ctx, request, nil); err != nil {
		return err
	}
	reply, err := receiver.Receive(ctx, nil)
	if err != nil {
		return err
	}
	return errors.Join(refusalIn(reply), receiver.AcceptMessage(ctx, reply))
}

// refusalIn reads the status of a reply of $cbs.
func refusalIn(reply *amqp.Message) error {
	status, _ := reply.ApplicationProperties["status-code"].(int32)
	words, _ := reply.ApplicationProperties["status-description"].(string)
	switch {
	case status >= http.StatusOK && status < http.StatusMultipleChoices:
		return nil
	case status == http.StatusNotFound:
		return &Error{Kind: ErrNotIoTHub, Detail: words}
	case status == 0:
		return fmt.Errorf("the answer to put-token has no status")
	}
	return &Error{Kind: kindOfStatus(int(status)), Detail: words}
}
