-- What the gate reads anew when Prosody reloads, so that nobody is cut off; everything else needs a restart.
vc4all_gate_guests = "lobby-or-password"
vc4all_gate_room_name_bits = 40
vc4all_gate_language = "nl en"
