package mqtt

import (
	"strings"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hubscope/device/topic"
	"hubscope/hub/localhub/core"
)

const codeNoSuchHub = 401001 // IotHubNotFound

// identify finds out who connects and whether the proof is good (protocol 4.1): the user name names hub
// and identity, the client identifier repeats the identity, the password is a SAS token for it, or it is empty and the certificate
// of the TLS connection tells.
func (c *conn) identify(p *packets.ConnectPacket) (core.SessionInfo, error) {
	user, err := c.readUser(p)
	if err != nil {
		return core.SessionInfo{}, err
	}
	principal, err := c.authenticate(p, user)
	if err != nil {
		return core.SessionInfo{}, err
	}
	return core.SessionInfo{
		ID:        identity(user),
		Principal: principal,
		Protocol:  "mqtt",
		Remote:    c.pulse.RemoteAddr().String(),
		ModelID:   user.ModelID,
	}, nil
}

func identity(u topic.User) core.ID { return core.ID{Device: u.DeviceID, Module: u.ModuleID} }

// readUser reads the user name. A malformed one is refused with code 4 (UNCONFIRMED in protocol 4.1: 4 or
// 5), a client identifier that is not the identity of the user name with 2.
func (c *conn) readUser(p *packets.ConnectPacket) (topic.User, error) {
	user, err := topic.ParseUsername(p.Username)
	if err != nil {
		return user, refuse(packets.ErrRefusedBadUsernameOrPassword, "%w", err)
	}
	if err := checkVersionOf(user); err != nil {
		return user, err
	}
	if p.ClientIdentifier != user.ClientID() {
		return user, refuse(packets.ErrRefusedIDRejected, "client identifier %q does not go with the user name", p.ClientIdentifier)
	}
	if !c.server.hub.HasName(user.Host) {
		err := core.NewError(codeNoSuchHub, "this hub is not %q", user.Host)
		return user, &refusal{packets.ErrRefusedNotAuthorised, err}
	}
	return user, nil
}

// checkVersionOf refuses a user name whose api-version is no version, with code 4 (UNCONFIRMED in protocol
// 4.1: 4 or 5). The oldest clients send none, which is fine.
func checkVersionOf(user topic.User) error {
	date := strings.TrimSuffix(user.APIVersion, "-preview")
	if _, err := time.Parse(time.DateOnly, date); err != nil && user.APIVersion != "" {
		return refuse(packets.ErrRefusedBadUsernameOrPassword, "%w: api-version %.40q", topic.ErrUser, user.APIVersion)
	}
	return nil
}

// authenticate checks the proof of identity: the token in the password or, without one, the certificate
// that the client has shown (protocol 4.1).
func (c *conn) authenticate(p *packets.ConnectPacket, user topic.User) (core.Principal, error) {
	id := identity(user)
	principal, err := c.principal(string(p.Password), id)
	if err != nil {
		return core.Principal{}, &refusal{codeFor(err), err}
	}
	if !principal.Allows(core.DeviceConnect, id.Path()) {
		err := core.NewError(core.CodeUnauthorizedHub, "the token does not cover %q", user.ClientID())
		return core.Principal{}, &refusal{packets.ErrRefusedNotAuthorised, err}
	}
	return principal, nil
}

func (c *conn) principal(token string, id core.ID) (core.Principal, error) {
	if token == "" {
		if chain := c.pulse.certificates(); len(chain) > 0 {
			return c.server.hub.AuthenticateCertificate(chain, id)
		}
	}
	return c.server.hub.Authenticate(token)
}
