-- Stand-in of Jitsi's mod_jitsi_session (test fixture): keeps what a client's URL says.

module:set_global();

local formdecode = require "util.http".formdecode;
local region_header = module:get_option_string("region_header_name", "x_proxy_region");

local function keep_parameters(event)
	local session, request = event.session, event.request;
	local params = request.url.query and formdecode(request.url.query) or {};
	session.previd = params.previd;
	session.customusername = params.customusername;
	session.jitsi_web_query_room = params.room;
	session.jitsi_web_query_prefix = params.prefix or "";
	session.user_region = request.headers[region_header];
end

module:hook_global("bosh-session", keep_parameters, 1);
module:hook_global("websocket-session", keep_parameters, 1);
