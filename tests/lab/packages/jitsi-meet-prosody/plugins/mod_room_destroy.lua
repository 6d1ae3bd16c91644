-- Stand-in of Jitsi's mod_room_destroy (test fixture): destroys a room unless another module objects.

module:hook_global("maybe-destroy-room", function (event)
	event.room:set_persistent(false);
	event.room:destroy(nil, event.reason);
end, -1);
