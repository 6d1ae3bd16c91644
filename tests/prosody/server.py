"""Starts a real Prosody on free loopback ports, configured as a deployment in token mode is."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import hmac
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from names import HOST, JVB_PASSWORD, SECRET
from xmpp_client import FOCUS, MUC_USER, Client, Element, StanzaError, XmppError, bare, child, has_status, local

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
STAND_INS = REPOSITORY / "tests/lab/packages/jitsi-meet-prosody/plugins"
OURS = REPOSITORY / "templates/prosody/plugins"
CONFERENCE = f"conference.{HOST}"
FOCUS_PASSWORD = "focuspasswordofthetestsuite"
RECORDER_PASSWORD = "recorderpasswordofthetestsuite"
UPSTREAMS_GATE = "upstream"
GATE_FILE = "mod_vc4all_gate.lua"

MAIN_FILE = """
admins = {{ }}
modules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "ping"; "limits"; "admin_shell"; {posix} }}
modules_disabled = {{ "offline"; "register"; "s2s"; "pubsub"; "invites" }}
allow_registration = false
component_ports = {{ }}
https_ports = {{ }}
http_ports = {{ {http_port} }}
http_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s_port} }}
c2s_interfaces = {{ "127.0.0.1" }}
authentication = "internal_hashed"
limits = {{ c2s = {{ rate = "512kb/s" }} }}
trusted_proxies = {{ "127.0.0.1", "::1" }}
network_backend = "epoll"
log = {{ {level} = "{home}/prosody.log"; {{ to = "vc4all_audit", levels = {{ "info" }}, path = "{home}/audit.log" }}; }}
data_path = "{home}/data"
certificates = "{home}/certs"
pidfile = "{home}/prosody.pid"
Include "{home}/vc4all.cfg.lua"
Include "{home}/conf.d/*.cfg.lua"
"""

HOST_FILE = """
component_admins_as_room_owners = true
plugin_paths = {{ "{plugins}", "{ours}" }}
muc_mapper_domain_base = "{host}";
http_default_host = "{host}"
external_service_secret = "turnsecretofthetestsuite";
external_services = {{
    {{ type = "stun",  host = "{host}", port = 3478, transport = "udp" }},
    {{ type = "turn",  host = "{host}", port = 3478, transport = "udp", secret = true, ttl = 86400, algorithm = "turn" }},
    {{ type = "turns", host = "{host}", port = 5349, transport = "tcp", secret = true, ttl = 86400, algorithm = "turn" }}
}};
consider_bosh_secure = true
consider_websocket_secure = true
http_cors_override = {{ bosh = {{ enabled = false }}; websocket = {{ enabled = false }} }}
ssl = {{ protocol = "tlsv1_2+" }}
unlimited_jids = {{ "focus@auth.{host}", "jvb@auth.{host}" }}
smacks_max_unacked_stanzas = 5
smacks_hibernation_time = 60
smacks_max_old_sessions = 1
storage = {{ smacks_h = "memory" }}

VirtualHost "{host}"
    authentication = "token"; app_id = "vc4all"; app_secret = "{secret}"; allow_empty_token = false
    modules_enabled = {{
        "bosh"; "websocket"; "smacks"; "ping"; "external_services"; "features_identity";
        "conference_duration"; "muc_lobby_rooms"; "muc_breakout_rooms"; "persistent_lobby";
        --"polls";
    }}
    c2s_require_encryption = false
    main_muc = "conference.{host}"
    lobby_muc = "lobby.{host}"
    breakout_rooms_muc = "breakout.{host}"
    muc_lobby_whitelist = {{ "recorder.{host}" }}

VirtualHost "guest.{host}"
    enabled = {guest_enabled}
    authentication = "jitsi-anonymous"
    c2s_require_encryption = false
    modules_enabled = {{ "smacks" }}
    main_muc = "conference.{host}"
    lobby_muc = "lobby.{host}"
    breakout_rooms_muc = "breakout.{host}"

VirtualHost "auth.{host}"
    ssl = {{ key = "{home}/certs/auth.{host}.key"; certificate = "{home}/certs/auth.{host}.crt" }}
    modules_enabled = {{ "limits_exception"; "smacks" }}
    authentication = "internal_hashed"
    smacks_hibernation_time = 15

Component "conference.{host}" "muc"
    restrict_room_creation = true
    storage = "memory"
    modules_enabled = {{
        "muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit"; "muc_password_whitelist";
        "muc_resource_validate"; "rate_limit"; "muc_max_occupants"; "token_verification"; {gate};
    }}
    admins = {{ "focus@auth.{host}" }}
    muc_password_whitelist = {{ "focus@auth.{host}" }}
    muc_access_whitelist = {{ "focus@auth.{host}" }}
    muc_max_occupants = {max_occupants}
    muc_rate_joins = 30
    anonymous_strict = true
    rate_limit_login_rate = 200
    rate_limit_ip_rate = 20000
    rate_limit_whitelist_hosts = {{ "auth.{host}" }}
    token_verification_allowlist = {{ "guest.{host}" }}
    token_verification_require_token_for_moderation = true
    vc4all_gate_guests = "{guests}"
    vc4all_gate_guest_host = "guest.{host}"
    vc4all_gate_room_name_bits = 40
    vc4all_gate_language = "nl en"
    vc4all_census_mark = "{home}/drain"
    http_host = "{host}"
    muc_room_locking = false
    muc_room_default_public_jids = true
    muc_tombstones = false
    muc_room_allow_persistent = false
    muc_room_cache_size = 10000

Component "breakout.{host}" "muc"
    restrict_room_creation = true
    storage = "memory"
    modules_enabled = {{ "muc_hide_all"; "muc_meeting_id"; "muc_domain_mapper"; "muc_rate_limit" }}
    admins = {{ "focus@auth.{host}" }}
    muc_room_locking = false
    muc_room_default_public_jids = true
    muc_tombstones = false
    muc_room_allow_persistent = false

Component "lobby.{host}" "muc"
    storage = "memory"
    restrict_room_creation = true
    modules_enabled = {{ "muc_hide_all"; "muc_rate_limit" }}
    muc_rate_joins = 30
    muc_room_locking = false
    muc_room_default_public_jids = true
    muc_tombstones = false
    muc_room_allow_persistent = false

Component "internal.auth.{host}" "muc"
    storage = "memory"
    modules_enabled = {{ "muc_hide_all"; "ping"; "muc_filter_access" }}
    muc_filter_whitelist = "auth.{host}"
    admins = {{ "focus@auth.{host}", "jvb@auth.{host}" }}
    muc_room_locking = false
    muc_room_default_public_jids = true
    muc_tombstones = false
    muc_room_allow_persistent = false

Component "focus.{host}" "client_proxy"
    target_address = "focus@auth.{host}"
Component "metadata.{host}" "room_metadata_component"
    muc_component = "conference.{host}"
    breakout_rooms_component = "breakout.{host}"
    extdisco_occpuant_check = true
Component "speakerstats.{host}" "speakerstats_component"
    muc_component = "conference.{host}"
Component "endconference.{host}" "end_conference"
    muc_component = "conference.{host}"
Component "avmoderation.{host}" "av_moderation_component"
    muc_component = "conference.{host}"
Component "polls.{host}" "polls_component"
"""


# Below all ports that the system picks itself: none of these is given to who asks for any.
PORTS = iter(range(20_000 + os.getpid() % 100 * 100, 31_000))


def free_port() -> int:
    """A TCP port that nobody listens on, another one at each call."""
    for port in PORTS:
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise RuntimeError("no port is free")


def base64url(data: bytes) -> str:
    """Base64 as tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(
    room: str,
    *,
    secret: str = SECRET,
    algorithm: str = "HS256",
    seconds: int = 3600,
    without: tuple[str, ...] = (),
    **claims: object,
) -> str:
    """A token as `prosodyctl mod_vc4all_token` makes it, or a wrong one; `without` names claims to leave out."""
    now = int(time.time())
    body: dict[str, object] = {
        "aud": "jitsi", "iss": "vc4all", "sub": HOST, "room": room, "iat": now, "nbf": now - 10, "exp": now + seconds,
        "context": {"user": {"affiliation": "owner", "moderator": True}},
    } | claims
    body = {name: value for name, value in body.items() if name not in without}
    head = base64url(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()) + "." + base64url(json.dumps(body).encode())
    signature = b"" if algorithm == "none" else hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64url(signature)}"


@dataclasses.dataclass(frozen=True)
class Flavour:
    """What differs between the servers of the suite. `edits` are (old, new) texts of the host file, `gate_edits` of
    the gate's file; None takes the file away. `without` names other files of ours to take away. `reloaded` is the file
    of options that are read anew."""

    guests: str = "lobby-or-password"
    max_occupants: int = 75
    edits: tuple[tuple[str, str], ...] = ()
    gate_edits: tuple[tuple[str, str], ...] | None = ()
    without: tuple[str, ...] = ()
    reloaded: str = ""

    @property
    def recorder(self) -> bool:
        return any("VirtualHost \"recorder." in new for _, new in self.edits)


class Server:
    """A running Prosody. `plugins` is the folder of Jitsi's plugins, real ones or the stand-ins."""

    def __init__(self, flavour: Flavour, plugins: pathlib.Path):
        self.flavour = flavour
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="vc4all-prosody-"))
        self.http_port, self.c2s_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._write(plugins)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def connect(self, domain: str, **options) -> Client:
        """A client of this server (see `Client.connect`)."""
        return Client.connect(self.url, domain, **options)

    def _as_user(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        prosody = pwd.getpwnam("prosody")
        return {"user": prosody.pw_uid, "group": prosody.pw_gid, "extra_groups": []}

    def _write(self, plugins: pathlib.Path) -> None:
        for name in ("conf.d", "data", "certs", "plugins", "ours", "lua"):
            (self.home / name).mkdir()
        shutil.copytree(plugins, self.home / "plugins", dirs_exist_ok=True)
        shutil.copytree(OURS, self.home / "ours", dirs_exist_ok=True)
        shutil.copytree(HERE / "plugins", self.home / "ours", dirs_exist_ok=True)
        self._edit_gate()
        self._link_lua_libraries()
        gate = '"muc_wait_for_host"' if self.flavour.guests == UPSTREAMS_GATE else '"vc4all_gate"'
        guests = "lobby-or-password" if self.flavour.guests == UPSTREAMS_GATE else self.flavour.guests
        values = {
            "home": self.home, "host": HOST, "http_port": self.http_port, "c2s_port": self.c2s_port, "secret": SECRET,
            "plugins": self.home / "plugins", "ours": self.home / "ours", "gate": gate, "guests": guests,
            "max_occupants": self.flavour.max_occupants, "level": os.environ.get("PROSODY_LOG_LEVEL", "info"),
            "guest_enabled": "true" if self.flavour.guests == UPSTREAMS_GATE else "false",
            "posix": '"posix"' if prosody_version().startswith("0.") else "",
        }
        (self.home / "prosody.cfg.lua").write_text(MAIN_FILE.format(**values))
        (self.home / "vc4all.cfg.lua").write_text(self.flavour.reloaded)
        host_file = edited_text(HOST_FILE.format(**values), self.flavour.edits)
        (self.home / "conf.d/host.cfg.lua").write_text(host_file)
        for name in (HOST, f"auth.{HOST}", f"guest.{HOST}", f"recorder.{HOST}"):
            self._make_certificate(name)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("prosody")
            for path in [self.home, *self.home.rglob("*")]:
                os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def _edit_gate(self) -> None:
        for name in self.flavour.without:
            (self.home / "ours" / name).unlink()
        gate = self.home / "ours" / GATE_FILE
        if self.flavour.gate_edits is None:
            gate.unlink()
        else:
            gate.write_text(edited_text(gate.read_text(), self.flavour.gate_edits))

    def _make_certificate(self, name: str) -> None:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
             "-keyout", self.home / f"certs/{name}.key", "-out", self.home / f"certs/{name}.crt"],
            check=True, capture_output=True,
        )

    def _link_lua_libraries(self) -> None:
        """Debian has no Lua 5.4 files of these two pure-Lua libraries: a deployment links them, and so do we."""
        for name in ("basexx", "inspect"):
            found = [p for v in ("5.4", "5.3", "5.2", "5.1") if (p := pathlib.Path(f"/usr/share/lua/{v}/{name}.lua")).exists()]
            if not found:
                raise XmppError(f"the Lua library {name} is not installed (apt install lua-{name})")
            (self.home / f"lua/{name}.lua").symlink_to(found[0])

    def environment(self) -> dict[str, str]:
        path = f"{self.home}/lua/?.lua;;"
        return os.environ | {"LUA_PATH": path, "LUA_PATH_5_4": path, "HOME": str(self.home)}

    def prosodyctl(self, *arguments: str, as_root: bool = False) -> subprocess.CompletedProcess[str]:
        """Runs `prosodyctl` against this server's configuration."""
        user = {} if as_root else self._as_user()
        return subprocess.run(
            ["prosodyctl", "--config", self.home / "prosody.cfg.lua", *arguments],
            env=self.environment(), capture_output=True, text=True, timeout=60, check=False, **user,
        )

    def sign(self, host: str = "127.0.0.1", path: str = "/vc4all-gate") -> tuple[int, str]:
        """What the gate's sign of health answers: HTTP status and text."""
        request = urllib.request.Request(self.url + path, headers={"Host": host})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def census(self) -> dict[str, int]:
        """How many people are where."""
        return json.loads(self.sign(path="/vc4all-census")[1])

    @property
    def mark(self) -> pathlib.Path:
        """The file that makes new meetings wait."""
        return self.home / "drain"

    def start(self) -> None:
        accounts = [("focus", f"auth.{HOST}", FOCUS_PASSWORD), ("jvb", f"auth.{HOST}", JVB_PASSWORD)]
        if self.flavour.recorder:
            accounts.append(("recorder", f"recorder.{HOST}", RECORDER_PASSWORD))
        for account in accounts:
            done = self.prosodyctl("register", *account)
            if done.returncode != 0:
                raise XmppError(f"prosodyctl register: {done.stdout}{done.stderr}")
        done = self.prosodyctl("mod_roster_command", "subscribe", f"focus.{HOST}", f"focus@auth.{HOST}")
        if done.returncode != 0:
            raise XmppError(f"prosodyctl mod_roster_command: {done.stdout}{done.stderr}")
        self.process = subprocess.Popen(
            ["prosody", "-F", "--config", self.home / "prosody.cfg.lua"], env=self.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **self._as_user(),
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/http-bind", timeout=2):
                    return
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise XmppError(f"Prosody does not answer ({error}):\n{self.log()[-3000:]}") from error
                time.sleep(0.05)

    def log(self) -> str:
        path = self.home / "prosody.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def audit(self) -> list[str]:
        """The gate's audit lines."""
        path = self.home / "audit.log"
        return path.read_text(errors="replace").splitlines() if path.exists() else []

    def turn_logs(self) -> None:
        """What logrotate does: the files get another name, and Prosody opens new ones."""
        (self.home / "audit.log").rename(self.home / "audit.log.1")
        self.process.send_signal(signal.SIGHUP)

    def reload(self, options: str) -> None:
        """Other options in the file of those that are read anew, and what `systemctl reload prosody` does."""
        before = len(self.log())
        (self.home / "vc4all.cfg.lua").write_text(options)
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 15
        while "Reloading configuration" not in self.log()[before:]:
            if time.monotonic() > deadline:
                raise XmppError("Prosody does not say that it reloads")
            time.sleep(0.02)

    def side_door(self, **query: str) -> str:
        """Sends a join that no client can send (see mod_vc4all_test_side_door) and returns what came of it."""
        with urllib.request.urlopen(f"{self.url}/side-door?{urllib.parse.urlencode(query)}", timeout=10) as answer:
            return answer.read().decode().strip()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)


def edited_text(text: str, edits: tuple[tuple[str, str], ...]) -> str:
    """The text with each old part replaced by its new one; an old part that is not there is an error."""
    for old, new in edits:
        if old not in text:
            raise XmppError(f"the file has no {old!r}")
        text = text.replace(old, new)
    return text


def prosody_version() -> str:
    """The machine's Prosody, for example `0.12.3`."""
    done = subprocess.run(["prosodyctl", "about"], capture_output=True, text=True, timeout=60, check=False)
    return next((w.split()[1] for w in done.stdout.splitlines() if w.startswith("Prosody ")), "0")


class FakeFocus:
    """Does what jicofo does to a room: enters it when asked for a conference, leaves it when all have left."""

    def __init__(self, url: str):
        self.rooms: dict[str, set[str]] = {}
        self.lock = threading.Lock()
        self.client = Client.connect(
            url, f"auth.{HOST}", user="focus", password=FOCUS_PASSWORD, resource="focus", transport="websocket"
        )
        self.client.handlers.append(self._handle)
        self.client.send("<presence xmlns='jabber:client'/>")

    def close(self) -> None:
        self.client.close()

    def _handle(self, stanza: Element) -> None:
        conference = child(stanza, "conference", FOCUS)
        if local(stanza) == "iq" and stanza.get("type") == "set" and conference is not None:
            threading.Thread(target=self._start, args=(stanza, conference.get("room", "")), daemon=True).start()
        elif local(stanza) == "presence" and stanza.get("type") != "error":
            self._watch(stanza)

    def _start(self, request: Element, room: str) -> None:
        with self.lock:
            known = room in self.rooms
            self.rooms.setdefault(room, set())
        if not known:
            self.client.join(room, nick="focus")
            form = self.client.room_form(room)
            keep = {k: v for k, v in form.items() if k.startswith("muc#roomconfig_") and v != ""}
            self.client.submit_form(room, keep | {"FORM_TYPE": "http://jabber.org/protocol/muc#roomconfig"})
        self.client.send(
            f"<iq xmlns='jabber:client' type='result' to='{request.get('from')}' id='{request.get('id')}'>"
            f"<conference xmlns='{FOCUS}' ready='true' room='{room}' focusjid='focus@auth.{HOST}'/></iq>"
        )

    def _watch(self, presence: Element) -> None:
        room, _, nick = presence.get("from", "").partition("/")
        if child(presence, "x", MUC_USER) is None or room not in self.rooms:
            return
        with self.lock:
            people = self.rooms.get(room, set())
            if presence.get("type") == "unavailable":
                people.discard(nick)
                if has_status(presence, "110"):
                    self.rooms.pop(room, None)
                elif not people:
                    self.client.send(f"<presence xmlns='jabber:client' to='{room}/focus' type='unavailable'/>")
            elif nick != "focus":
                people.add(nick)

    def drop(self, room: str) -> None:
        """Leaves a room at once, as jicofo does when nobody came in time."""
        self.client.leave(room, nick="focus")

    def is_in(self, room: str) -> bool:
        return room in self.rooms


__all__ = ["CONFERENCE", "HOST", "JVB_PASSWORD", "RECORDER_PASSWORD", "SECRET", "FakeFocus", "Flavour", "Server", "StanzaError", "bare", "make_token"]
