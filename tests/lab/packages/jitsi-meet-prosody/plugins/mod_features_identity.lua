-- Stand-in of Jitsi's mod_features_identity (test fixture): publishes the components of the main host.

module:hook("jitsi-add-identity", function (event)
	module:add_identity("component", event.name, event.host);
end);
