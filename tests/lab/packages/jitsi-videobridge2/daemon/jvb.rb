# frozen_string_literal: true

# Stand-in for the videobridge: reports in the brewery, binds the media port, answers health. Carries no media.
library = File.join(__dir__, 'lib')
%w[start brewery addresses].each { |name| require File.join(library, name) }

# Ties the parts together: one XMPP connection a configured server, the UDP port, the private HTTP server.
class Videobridge
  SERVERS = 'videobridge.apis.xmpp-client.configs'

  def initialize(start, version)
    @log = start.log
    @settings = start.settings
    @version = version
    @addresses = Addresses.new(@settings, @log)
    @drain = @settings.flag('videobridge.initial-drain-mode', false)
  end

  def run
    @addresses.harvest
    serve
    names = @settings.names_below(SERVERS)
    context = Standin::Trust.context(@log)
    names.map { |name| brewery(name, context) }.map { |one| Thread.new { one.run } }.each(&:join)
    sleep
  end

  def healthy? = @addresses.problem.nil?

  # What the bridge tells about itself in its presence and, when the control API is on, over HTTP.
  def statistics
    { version: @version, stress_level: '0.0', healthy: healthy?, colibri2: true, drain: @drain,
      graceful_shutdown: false, shutting_down: false, conferences: 0, participants: 0,
      average_participant_stress: @settings.get('videobridge.load-management.average-participant-stress', '0.01'),
      region: @settings.get('videobridge.relay.region'), relay_id: @settings.get('videobridge.relay.relay-id'),
      release: @settings.get('videobridge.version.release'),
      current_timestamp: Time.now.utc.strftime('%Y-%m-%d %H:%M:%S.%L') }.compact
  end

  private

  def brewery(name, context)
    path = "#{SERVERS}.#{name}"
    verify = !@settings.flag("#{path}.DISABLE_CERTIFICATE_VERIFICATION", false)
    account = Standin::Account.new(
      host: @settings.get("#{path}.HOSTNAME"), port: @settings.int("#{path}.PORT", 5222),
      domain: @settings.get("#{path}.DOMAIN"), user: @settings.get("#{path}.USERNAME"),
      password: @settings.get("#{path}.PASSWORD").to_s, resource: SecureRandom.alphanumeric(12),
      tls: @settings.get("#{path}.SECURITY_MODE", 'required').to_sym,
      context: verify ? context : Standin::Trust.unverified_context
    )
    rooms = Array(@settings.get("#{path}.MUC_JIDS")).flat_map { |jids| jids.split(',') }
    rooms.map! { |jid| jid.strip.downcase }
    Brewery.new(account, rooms, @settings.get("#{path}.MUC_NICKNAME").to_s, self, @settings, @log)
  end

  def serve
    web = 'videobridge.http-servers'
    private_port = @settings.int("#{web}.private.port", 8080)
    private_host = @settings.get("#{web}.private.host", '127.0.0.1')
    if private_port.positive?
      Standin::Web.new(private_host, private_port, @log, orders: ->(path) { order(path) }) { |path| route(path) }.start
    end
    public_port = @settings.int("#{web}.public.port", -1)
    Standin::Web.new(@settings.get("#{web}.public.host", '::'), public_port, @log) { nil }.start if public_port.positive?
  end

  def route(path)
    case path
    when '/about/health' then on('health') { health }
    when '/about/version' then on('version') { json(name: 'JVB', version: @version, os: RUBY_PLATFORM) }
    when '/metrics' then on('prometheus') { [200, 'text/plain', "jitsi_jvb_healthy #{@addresses.problem ? 0 : 1}\n"] }
    when '/colibri/drain' then on('drain') { json(drain: @drain) }
    when '/colibri/stats' then json(statistics) if @settings.flag('videobridge.apis.rest.enabled', false)
    end
  end

  # A bridge that drains says so in its presence, and goes on serving.
  def order(path)
    return unless %w[/colibri/drain/enable /colibri/drain/disable].include?(path)
    on('drain') do
      @drain = path.end_with?('enable')
      [200, 'text/plain', '']
    end
  end

  def on(name) = (yield if @settings.flag("videobridge.rest.#{name}.enabled", true))
  def json(hash) = [200, 'application/json', "#{JSON.generate(hash)}\n"]

  def health
    problem = @addresses.problem
    problem ? [500, 'text/plain', problem] : [200, 'text/plain', '']
  end
end

start = Standin::Start.new('JVB', ARGV, File.join(library, 'known-keys.txt'))
start.supervise { Videobridge.new(start, File.read(File.join(library, 'version.txt')).strip).run }
