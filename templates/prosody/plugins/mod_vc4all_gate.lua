-- mod_vc4all_gate: nobody gets into a meeting uninvited.
--
-- Load it on `Component "conference.DOMAIN" "muc"`. It needs muc_lobby_rooms and persistent_lobby on
-- the main VirtualHost and token_verification beside itself. It also watches the doors of the
-- breakout and lobby components, so that they are no way around.
--
-- A *meeting host* is a client of the main VirtualHost whose token was verified and fits this room.
-- Everybody else is a *guest*, whatever they claim.
--   * No meeting host has been in the room yet: every guest waits in the lobby.
--   * A meeting host has arrived: the lobby stays, each guest is admitted by hand (or, where the
--     option allows it, gets in with the room's password).
--   * Neither lobby nor password: the lobby is turned on again before the guest is judged.
-- Whatever is unknown, missing or broken refuses the guest. That holds for this file too: the guests'
-- VirtualHost is configured with `enabled = false`, and only a gate that has loaded wholly opens it.
--
-- Options of the component:
--   vc4all_gate_guest_host = "guest.DOMAIN"    the VirtualHost that the gate opens; none: guests have no door
--   vc4all_gate_guests = "lobby-or-password" (default) | "lobby" | "password" | "none"
--   vc4all_gate_exempt = { "recorder.DOMAIN" } domains or bare JIDs of own services; default none
--   vc4all_gate_room_name_bits = 40            rooms whose name is easier to guess are refused; 0: none is
--   vc4all_gate_host_places = 2                places of a full room that no guest takes
--   vc4all_gate_connections = 1000             see vc4all_crowd.lib.lua
--   vc4all_gate_language = "nl en"             of what meeting hosts and guests are told
-- The log lines name neither persons nor rooms, see vc4all_audit.lib.lua.

local configmanager = require "core.configmanager";
local hostmanager = require "core.hostmanager";
local jid = require "util.jid";
local json = require "util.json";
local st = require "util.stanza";

local audit = module:require "vc4all_audit";
local census = module:require "vc4all_census";
local lasts = module:require "vc4all_lifetime";
local names = module:require "vc4all_names";
local watch_crowd = module:require "vc4all_crowd";

local MUC = "http://jabber.org/protocol/muc";
local JITMEET = "http://jitsi.org/jitmeet";
local HEALTH_CHECK = "__jicofo-health-check";
local QUIET_LOOK = 110;  -- before token_verification (99), which writes whole tokens to the log
local FIRST_LOOK = 0;    -- after token_verification (99) and jicofo's lock (8), before the lobby (-4)
local AFTER_LOBBY = -4.5;
local LAST_LOOK = -100;  -- after members-only (-5), bans (-10) and the password (-20)
local MODES = { ["lobby-or-password"] = true, lobby = true, password = true, none = true };
local LET_IN = { member = true, admin = true, owner = true };


-- Event of the audit → type, condition and text of the answer to a join or an order that is refused.
local REFUSALS = {
	fault = { "wait", "internal-server-error" };
	no_guests = { "cancel", "not-allowed" };
	no_password = { "auth", "not-authorized" };
	no_lobby = { "wait", "service-unavailable" };
	full = { "cancel", "service-unavailable" }; -- the client says that the room is full
	knocking = { "cancel", "not-allowed" };
	passed_by = { "auth", "registration-required" };
	weak_name = { "cancel", "not-allowed", "weak_name" };
	maintenance = { "cancel", "not-allowed", "maintenance" };
	other_token = { "cancel", "not-allowed" };
	ended_token = { "cancel", "not-allowed", "ended_token" };
	stranger = { "cancel", "not-allowed" };
	reserved = { "cancel", "not-allowed" };
	no_room = { "cancel", "not-allowed" };
	breakout = { "auth", "registration-required" };
	invitation = { "auth", "forbidden" };
	registration = { "cancel", "not-allowed" };
	services = { "auth", "forbidden", quiet = true }; -- every client asks before it is inside
};

local WORDS = {
	nl = {
		weak_name = "De naam van deze ruimte is te makkelijk te raden. Kies een langere naam met een rij willekeurige cijfers.";
		maintenance = "De server wordt zo bijgewerkt: nieuwe vergaderingen kunnen nu niet beginnen. Probeer het over enkele minuten opnieuw.";
		ended_token = "Uw aanmelding is voorbij of heeft geen einde. Log opnieuw in.";
		lobby_again = "De wachtruimte (lobby) staat weer aan: zonder wachtruimte en zonder wachtwoord komt hier niemand binnen. "
			.. "Stel eerst een wachtwoord in als u de wachtruimte wilt uitzetten.";
		lobby_always = "De wachtruimte (lobby) staat weer aan: op deze server wordt iedere gast met de hand toegelaten.";
	};
	en = {
		weak_name = "The name of this room is too easy to guess. Choose a longer name with a row of random digits.";
		maintenance = "The server is about to be updated: no new meeting can begin now. Try again in a few minutes.";
		ended_token = "Your log-in has ended, or has no end. Log in again.";
		lobby_again = "The lobby is on again: nobody gets in here without lobby and without password. "
			.. "Set a password first if you want to switch the lobby off.";
		lobby_always = "The lobby is on again: on this server every guest is admitted by hand.";
	};
	de = {
		weak_name = "Der Name dieses Raums ist zu leicht zu erraten. Wählen Sie einen längeren Namen mit einer Reihe zufälliger Ziffern.";
		maintenance = "Der Server wird gleich aktualisiert: neue Besprechungen können jetzt nicht beginnen. Versuchen Sie es in ein paar Minuten noch einmal.";
		ended_token = "Ihre Anmeldung ist abgelaufen oder hat kein Ende. Melden Sie sich noch einmal an.";
		lobby_again = "Der Warteraum (Lobby) ist wieder an: ohne Warteraum und ohne Passwort kommt hier niemand herein. "
			.. "Legen Sie zuerst ein Passwort fest, wenn Sie den Warteraum ausschalten möchten.";
		lobby_always = "Der Warteraum (Lobby) ist wieder an: auf diesem Server wird jeder Gast von Hand eingelassen.";
	};
	fr = {
		weak_name = "Le nom de cette salle est trop facile à deviner. Choisissez un nom plus long avec une suite de chiffres pris au hasard.";
		maintenance = "Le serveur va être mis à jour : aucune nouvelle réunion ne peut commencer maintenant. Réessayez dans quelques minutes.";
		ended_token = "Votre connexion est terminée ou n’a pas de fin. Connectez-vous à nouveau.";
		lobby_again = "La salle d’attente (lobby) est de nouveau active : sans salle d’attente et sans mot de passe, personne n’entre ici. "
			.. "Définissez d’abord un mot de passe si vous voulez désactiver la salle d’attente.";
		lobby_always = "La salle d’attente (lobby) est de nouveau active : sur ce serveur, chaque invité est admis à la main.";
	};
};

local main_host, guest_host, mode, admins, exempt, languages, name_bits, most, host_places;

local function load_options()
	guest_host = module:get_option_string("vc4all_gate_guest_host");
	main_host = module:get_option_string("muc_mapper_domain_base");
	mode = module:get_option_string("vc4all_gate_guests", "lobby-or-password");
	admins = module:get_option_inherited_set("admins", {}) / jid.prep;
	exempt = module:get_option_set("vc4all_gate_exempt", {});
	languages = module:get_option_string("vc4all_gate_language", "nl en");
	name_bits = module:get_option_number("vc4all_gate_room_name_bits", 40);
	most = module:get_option_number("muc_max_occupants", -1);
	host_places = module:get_option_number("vc4all_gate_host_places", 2);
	if not MODES[mode] then
		module:log("error", "vc4all_gate_guests has an unknown value: no guest is let in");
		mode = "none";
	end
	if not main_host then
		module:log("error", "muc_mapper_domain_base is missing: nobody is let in");
		mode = "none";
		return;
	end
	census.load_options(main_host, guest_host);
end

-- Who is at the door -------------------------------------------------------------------------------

-- The token must name this room and this domain. token_verification checks the same; this is the
-- second lock, for the day when an allowlist lists too much. Only where tokens need not name their room
-- (`asap_require_room_claim = false`) may one token be good for many rooms or every domain.
local function token_fits(session, room)
	local claim, domain = session.jitsi_meet_room, session.jitsi_meet_domain;
	local options = module:context(main_host);
	local for_many = options:get_option_boolean("asap_require_room_claim", true) == false;
	local has_tenant = jid.node(room.jid):find("^%[") ~= nil; -- then the domain is the tenant's name
	if options:get_option_boolean("enable_domain_verification", true) and not has_tenant
		and domain ~= main_host and not (for_many and domain == "*") then
		return false;
	end
	if claim == nil then return for_many; end
	if type(claim) ~= "string" then return false; end
	local pattern = session.jitsi_meet_context_room and session.jitsi_meet_context_room.regex;
	if claim == "*" or pattern == true or pattern == "true" then return for_many; end
	local name = jid.node(room.jid):gsub("^%[[^%]]*%]", "");
	return claim:lower() == name;
end

-- Who opened this room with the token may come back to it after its end, from a breakout room for one.
local function token_lasts(session, room, address)
	return lasts(session.auth_token) or room:get_affiliation(address) == "owner";
end

-- The address of the stanza counts, not that of the occupant: with a nickname that is in use, the
-- event carries the occupant of somebody else. And a token counts only on the main VirtualHost:
-- `?token=` is kept on sessions of the guest domain too, where nothing ever verifies it.
local function is_meeting_host(session, address, room)
	local domain = jid.host(address);
	local loaded = prosody.hosts[main_host];
	local here = prosody.hosts[module.host].modules;
	return domain == main_host
		and session.type == "c2s" and session.host == main_host
		and type(session.auth_token) == "string" and session.auth_token ~= ""
		and loaded and loaded.modules.auth_token and here.token_verification
		and token_fits(session, room) and token_lasts(session, room, address) or false;
end

local function who_is(event, room)
	local from = event.stanza.attr.from;
	local bare, domain = jid.bare(from), jid.host(from);
	if admins:contains(bare) then return "admin"; end
	if event.origin.type == "c2s" and (exempt:contains(domain) or exempt:contains(bare)) then
		return "exempt";
	end
	if is_meeting_host(event.origin, from, room) then return "host"; end
	return "guest";
end

-- Whoever is neither of us, nor a client of the two domains where people log in: a client of another
-- domain, another server, a component. Visitors' servers are such, and this instance has none.
local function is_stranger(event)
	local from, session = event.stanza.attr.from, event.origin;
	local bare, domain = jid.bare(from), jid.host(from);
	if session.type ~= "c2s" or session.host ~= domain then return true; end
	return not (domain == main_host or domain == guest_host
		or admins:contains(bare) or exempt:contains(domain) or exempt:contains(bare));
end

-- Answers ------------------------------------------------------------------------------------------

-- The same in each language of this instance.
local function say(what)
	local texts = {};
	for code in languages:gmatch("%a+") do
		table.insert(texts, WORDS[code] and WORDS[code][what]);
	end
	return table.concat(texts, "\n");
end

local function refuse(event, why)
	local answer = REFUSALS[why];
	local kind, condition, text = table.unpack(answer);
	local reply = st.error_reply(event.stanza, kind, condition, text and say(text), event.room and event.room.jid);
	event.origin.send(reply);
	if not answer.quiet then audit(why); end
	return true;
end

-- An error in here must never open the door.
local function guarded(judge)
	return function (event)
		local ok, verdict = pcall(judge, event);
		if ok then return verdict; end
		module:log("error", "the gate failed at %s and refused a join",
			tostring(verdict):match("[%w_]+%.lua:%d+") or "an unknown place");
		pcall(refuse, event, "fault");
		return true;
	end
end

-- The room -----------------------------------------------------------------------------------------

local function lobby_is_on(room)
	return room:get_members_only() and room._data.lobbyroom ~= nil;
end

local function host_is_present(room)
	for _, occupant in room:each_occupant() do
		if jid.host(occupant.bare_jid) == main_host and room:get_affiliation(occupant.bare_jid) == "owner" then
			return true;
		end
	end
	return false;
end

-- A room full of guests must not lock its meeting hosts out. muc_max_occupants counts all alike.
local function has_place_for_guests(room)
	local places = room._data.max_occupants or most;
	if places <= 0 then return true; end
	local guests = 0;
	for _, occupant in room:each_occupant() do
		local bare = occupant.bare_jid;
		local domain = jid.host(bare);
		if domain ~= main_host and not (admins:contains(bare) or exempt:contains(domain) or exempt:contains(bare)) then
			guests = guests + 1;
		end
	end
	return guests < places - math.min(host_places, places - 1);
end

local function password_in(stanza)
	local x = stanza:get_child("x", MUC);
	return x and x:get_child_text("password", MUC) or nil;
end

local function knows_password(room, stanza)
	local password = room:get_password();
	return password ~= nil and password ~= "" and password_in(stanza) == password;
end

local function drop_password(stanza)
	local x = stanza:get_child("x", MUC);
	if x then
		x:maptags(function (tag) return tag.name ~= "password" and tag or nil; end);
	end
end

-- Without a meeting host inside, the client shows "waiting for the host" and knocks by itself; a
-- guest who knocks while a host is there gives a name first.
local function describe_lobby(room)
	local present = host_is_present(room);
	room._data.lobby_extra_reason = not present and "waiting-for-host" or nil;
	room._data.lobby_skip_display_name_check = not present or nil;
end

-- As Jitsi's mod_system_chat_message does it: the client shows such a message of the room in its chat.
local function tell_moderators(room, text)
	local news = json.encode({ type = "system_chat_message", message = text });
	for _, occupant in room:each_occupant() do
		if occupant.role == "moderator" and not admins:contains(occupant.bare_jid) then
			for address in occupant:each_session() do
				room:route_stanza(st.message({ from = room.jid, to = address })
					:tag("json-message", { xmlns = JITMEET }):text(news):up());
			end
		end
	end
end

-- A moderator's form that does not keep the lobby ends it, see mod_muc_lobby_rooms; that comes after this.
module:hook("muc-config-submitted", function (event)
	if event.room._data.lobbyroom and not admins:contains(jid.bare(event.actor))
		and not event.fields["muc#roomconfig_membersonly"] then
		event.room._data.vc4all_lobby_taken_away = true;
	end
end, 50);

local function turn_lobby_on(room)
	prosody.events.fire_event("create-persistent-lobby-room", {
		room = room, reason = "waiting-for-host", skip_display_name_check = true,
	});
	if not lobby_is_on(room) then return false; end
	if room._data.vc4all_lobby_taken_away then
		room._data.vc4all_lobby_taken_away = nil;
		audit("lobby_again");
		tell_moderators(room, say(mode == "lobby" and "lobby_always" or "lobby_again"));
	end
	return true;
end

-- Guests and hosts ---------------------------------------------------------------------------------

local function judge_guest(event)
	local room, stanza = event.room, event.stanza;
	local host_seen = room._data.vc4all_host_seen == true;
	if mode == "none" then
		return refuse(event, "no_guests");
	end
	if not has_place_for_guests(room) then
		return refuse(event, "full");
	end
	if mode == "password" and host_seen then
		if knows_password(room, stanza) then return; end
		return refuse(event, "no_password");
	end
	if mode == "lobby" or not host_seen then
		drop_password(stanza);
	end
	local password_guards = mode == "lobby-or-password" and host_seen and (room:get_password() or "") ~= "";
	if not lobby_is_on(room) and not password_guards and not turn_lobby_on(room) then
		module:log("error", "the lobby cannot be turned on: a guest is refused");
		return refuse(event, "no_lobby");
	end
	describe_lobby(room);
	local admitted = LET_IN[room:get_affiliation(stanza.attr.from)] == true;
	stanza.vc4all_way = admitted and "by_hand" or "by_password";
	if not admitted and not knows_password(room, stanza) then
		audit(lobby_is_on(room) and "waits" or "no_password"); -- the lobby, or Prosody, says no
	end
end

-- A meeting host holds a token for this very room: neither lobby nor password is in the way.
local function welcome_host(event)
	local room, stanza, occupant = event.room, event.stanza, event.occupant;
	local bare = jid.bare(stanza.attr.from);
	local affiliation = room:get_affiliation(bare);
	if affiliation == "outcast" then return; end -- Prosody refuses
	if affiliation ~= "owner" then
		room:set_affiliation(true, bare, "owner");
	end
	if occupant and occupant.bare_jid == bare then
		occupant.role = room:get_default_role("owner");
	end
	drop_password(stanza);
	local password, x = room:get_password(), stanza:get_child("x", MUC);
	if password and x then
		x:tag("password", { xmlns = MUC }):text(password):up();
	end
	if room:get_members_only() then
		room._data.lobby_skip_display_name_check = true; -- until AFTER_LOBBY: hosts need no name
	end
end

module:hook("muc-occupant-pre-join", guarded(function (event)
	local session, room, stanza = event.origin, event.room, event.stanza;
	if is_stranger(event) then
		return refuse(event, "stranger");
	end
	if admins:contains(jid.bare(stanza.attr.from)) then return; end
	if stanza.delayed_join_skip then audit("queued"); end -- muc_rate_limit sends it for the second time
	if names.bits(names.of_room(jid.node(room.jid))) < name_bits then
		return refuse(event, "weak_name");
	end
	if main_host and census.new_ones_wait() and not census.is_going_on(room) then
		return refuse(event, "maintenance");
	end
	if main_host and session.host == main_host and session.auth_token then
		if not token_fits(session, room) then return refuse(event, "other_token"); end
		if not token_lasts(session, room, stanza.attr.from) then return refuse(event, "ended_token"); end
	end
end), QUIET_LOOK);

module:hook("muc-occupant-pre-join", guarded(function (event)
	local who = who_is(event, event.room);
	if who == "admin" then return; end
	-- Anybody can ask jicofo for a room of any name. Nobody but jicofo has business in these.
	if event.room.jid:sub(1, #HEALTH_CHECK) == HEALTH_CHECK then
		return refuse(event, "reserved");
	end
	if who == "exempt" then return; end
	if who == "host" then return welcome_host(event); end
	return judge_guest(event);
end), FIRST_LOOK);

module:hook("muc-occupant-pre-join", guarded(function (event)
	if who_is(event, event.room) == "host" and event.room:get_members_only() then
		describe_lobby(event.room);
	end
end), AFTER_LOBBY);

-- Whatever other modules did in between: a guest who gets this far was admitted or knows the
-- password. Being a member from now on is what opens breakout rooms, and ends with a kick.
module:hook("muc-occupant-pre-join", guarded(function (event)
	local room, stanza = event.room, event.stanza;
	if who_is(event, room) ~= "guest" then return; end
	local admitted = LET_IN[room:get_affiliation(stanza.attr.from)] == true;
	local knows = knows_password(room, stanza);
	local open = room._data.vc4all_host_seen == true and (
		mode == "lobby-or-password" and (admitted or knows)
		or mode == "lobby" and admitted
		or mode == "password" and knows);
	if not open then
		module:log("warn", "another module let a guest pass that the gate refuses");
		return refuse(event, "passed_by");
	end
	if not admitted then
		room:set_affiliation(true, jid.bare(stanza.attr.from), "member");
	end
end), LAST_LOOK);

module:hook("muc-occupant-joined", function (event)
	local room = event.room;
	local who = who_is(event, room);
	if who == "guest" then audit(event.stanza.vc4all_way or "by_password"); end
	if who ~= "host" then return; end
	local first = not room._data.vc4all_host_seen;
	room._data.vc4all_host_seen = true;
	audit(first and "opened" or "host");
	describe_lobby(room);
	-- Only the password counts: the waiting guests are sent back to the door, where it is asked for.
	if first and mode == "password" and lobby_is_on(room) then
		room:set_members_only(false);
		room:set_persistent(false);
		prosody.events.fire_event("destroy-lobby-room", { room = room, newjid = room.jid });
	end
end);

-- Other ways in --------------------------------------------------------------------------------------

-- Rooms are born by jicofo alone, also where `restrict_room_creation` was forgotten.
module:hook("muc-room-pre-create", guarded(function (event)
	if who_is(event, event.room) ~= "admin" then
		return refuse(event, "no_room");
	end
end), QUIET_LOOK);

-- Only a meeting host makes a guest a moderator; neither jicofo nor another guest does.
module:hook("muc-pre-set-affiliation", function (event)
	if event.affiliation ~= "owner" and event.affiliation ~= "admin" then return; end
	local target = jid.host(event.jid);
	if target == main_host or admins:contains(event.jid) then return; end
	if not event.actor or jid.host(event.actor) ~= main_host then
		event.allowed = false;
		return true;
	end
end, 50);

-- Guests invite nobody: an invitation makes its receiver a member.
module:hook("muc-pre-invite", guarded(function (event)
	if who_is(event, event.room) == "guest" and event.room:get_affiliation(event.stanza.attr.from) ~= "owner" then
		return refuse(event, "invitation");
	end
end), 50);

-- Whom a host invites may come in; Jitsi's client admits those who wait in this way.
module:hook("muc-invite", function () audit("admitted"); end, -100);

-- Nobody registers with a room (XEP-0045 §7.10): that would make them members too.
module:hook("iq/bare/jabber:iq:register:query", function (event)
	return refuse(event, "registration");
end, 50);

-- The components beside --------------------------------------------------------------------------------

local function main_room_of(breakout_jid)
	for room in prosody.hosts[module.host].modules.muc.all_rooms() do
		if room._data.breakout_rooms and room._data.breakout_rooms[breakout_jid] ~= nil then
			return room;
		end
	end
end

-- Knowing a breakout room's random name is not enough: one must have been let into its main room.
local function judge_breakout(event)
	local room = event.room;
	if is_stranger(event) then
		return refuse(event, "stranger");
	end
	if admins:contains(jid.bare(event.stanza.attr.from)) then return; end
	local main = main_room_of(room.jid);
	if not main then
		return refuse(event, "no_room");
	end
	local who = who_is(event, main);
	if who == "host" or who == "exempt" then return; end
	if mode ~= "none" and LET_IN[main:get_affiliation(event.stanza.attr.from)] then return; end
	return refuse(event, "breakout");
end

-- Where nobody may knock, the lobby is closed as well.
local function judge_lobby(event)
	if is_stranger(event) then
		return refuse(event, "stranger");
	end
	if mode == "lobby" or mode == "lobby-or-password" then return; end
	local node = jid.node(event.room.jid);
	local main = prosody.hosts[module.host].modules.muc.get_room_from_jid(node .. "@" .. module.host);
	if not main then
		return refuse(event, "no_room");
	end
	local who = who_is(event, main);
	if who ~= "guest" or main:get_affiliation(event.stanza.attr.from) == "owner" then return; end
	if mode == "password" and not main._data.vc4all_host_seen then return; end -- waits for the host
	return refuse(event, "knocking");
end

-- A kick, out of a room or of its lobby.
local function note_kick(event)
	for status in event.x:childtags("status") do
		if status.attr.code == "307" then audit("turned_away"); end
	end
end
module:hook("muc-broadcast-presence", note_kick);

local function watch(option, default_prefix, judge)
	local main = main_host and module:context(main_host);
	local name = main and main:get_option_string(option, default_prefix .. main_host);
	if not name then return; end
	local function attach()
		module:context(name):hook("muc-occupant-pre-join", guarded(judge), 50);
		module:context(name):hook("muc-broadcast-presence", note_kick);
	end
	if prosody.hosts[name] then attach(); end
	module:hook_global("host-activated", function (activated)
		if activated == name then attach(); end
	end);
end

-- TURN credentials (XEP-0215) are for those inside a meeting. `extdisco_occpuant_check` guards neither
-- the query for credentials nor the services that the metadata component loads for itself.
local function no_rooms()
	return function () end;
end

local function is_inside(real_jid)
	for _, name in ipairs({ module.host, module:context(main_host):get_option_string("breakout_rooms_muc",
		"breakout." .. main_host) }) do
		local muc = prosody.hosts[name] and prosody.hosts[name].modules.muc;
		for room in (muc and muc.live_rooms or no_rooms)() do
			if room:get_occupant_by_real_jid(real_jid) then return true; end
		end
	end
	return false;
end

local function judge_services(event)
	local from = event.stanza.attr.from or event.origin.full_jid;
	if admins:contains(jid.bare(from)) or is_inside(from) then return; end
	return refuse(event, "services");
end

local function guard_services(host)
	local context = module:context(host);
	for version = 1, 2 do
		for _, query in ipairs({ "services", "service", "credentials" }) do
			context:hook(("iq-get/host/urn:xmpp:extdisco:%d:%s"):format(version, query), guarded(judge_services), 200);
		end
	end
end

-- The guests' domain ------------------------------------------------------------------------------------

local function has_modules(host, names)
	local loaded = prosody.hosts[host] and prosody.hosts[host].modules;
	for _, name in ipairs(names) do
		if not (loaded and loaded[name]) then return false; end
	end
	return true;
end

-- Guests have a door, it would not be there without this module, and what the gate needs is loaded.
local function is_sound()
	return guest_host and prosody.hosts[guest_host] ~= nil
		and configmanager.get(guest_host, "enabled") == false
		and has_modules(module.host, { "muc", "token_verification" })
		and has_modules(main_host, { "auth_token", "muc_lobby_rooms", "persistent_lobby" }) or false;
end

-- `http_host` says under which name; nginx forwards no such path.
local function offer_sign_of_health()
	module:depends("http");
	module:provides("http", {
		name = "vc4all-gate";
		default_path = "/vc4all-gate";
		route = { GET = function () return is_sound() and "ok\n" or 503; end };
	});
end

-- The last thing that is done: an error anywhere above leaves the guests without a domain to log in to.
local function open_guest_host()
	if not guest_host then
		module:log("error", "vc4all_gate_guest_host is missing: no guest can log in");
	elseif not prosody.hosts[guest_host] then
		assert(hostmanager.activate(guest_host));
	end
end

function module.unload()
	if guest_host and prosody.hosts[guest_host] then
		hostmanager.deactivate(guest_host, "the gate is closed");
	end
end

load_options();
module:hook_global("config-reloaded", load_options);
watch("breakout_rooms_muc", "breakout.", judge_breakout);
watch("lobby_muc", "lobby.", judge_lobby);
watch_crowd(audit);
for host in pairs(prosody.hosts) do guard_services(host); end
module:hook_global("host-activated", guard_services);
offer_sign_of_health();
census.offer();
open_guest_host();
