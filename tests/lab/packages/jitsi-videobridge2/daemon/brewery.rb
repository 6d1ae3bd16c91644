# frozen_string_literal: true

# One XMPP server's breweries: the bridge sits in them under its nickname and reports its state in presence.
class Brewery
  MUC = 'http://jabber.org/protocol/muc'
  COLIBRI = 'http://jitsi.org/protocol/colibri'
  HEALTH = 'http://jitsi.org/protocol/healthcheck'

  def initialize(account, rooms, nickname, bridge, settings, log)
    @rooms = rooms
    @nickname = nickname
    @bridge = bridge
    @log = log
    stats = settings.seconds('videobridge.stats.interval', 5)
    @interval = settings.seconds('videobridge.apis.xmpp-client.presence-interval', stats)
    filter = 'videobridge.apis.xmpp-client.stats-filter'
    @allowed = settings.get("#{filter}.whitelist") if settings.flag("#{filter}.enabled", false)
    @lock = Mutex.new
    @client = Standin::Client.new(account, log, ready: -> { join }, lost: -> { @joined = false },
                                                presence: ->(stanza) { presence(stanza) }, iq: ->(stanza) { serve(stanza) })
  end

  # Logs in and reports until the process ends.
  def run
    Thread.new { report_forever }
    @client.run
  end

  private

  def report_forever
    loop do
      sleep @interval
      @lock.synchronize { publish(nil) if @joined }
    end
  end

  def join
    @client.send(Standin::Element.new('presence'))
    @told = false
    @lock.synchronize do
      publish(Standin::Element.new('x', xmlns: MUC))
      @joined = true
    end
  end

  # With the element of joining it enters the rooms; without, the server takes it as an update.
  def publish(joining)
    @rooms.each do |room|
      @client.send(Standin::Element.new('presence', { to: "#{room}/#{@nickname}" }, joining, report))
    end
  end

  def report
    chosen = @bridge.statistics.select { |name, _| @allowed.nil? || @allowed.include?(name.to_s) }
    Standin::Element.new('stats', { xmlns: COLIBRI },
                         chosen.map { |name, value| Standin::Element.new('stat', name: name, value: value) })
  end

  def presence(stanza)
    room, nick = stanza['from'].to_s.split('/', 2)
    return unless @rooms.include?(room) && (nick == @nickname || stanza['type'] == 'error')
    if stanza['type'] == 'error'
      @log.severe("The brewery #{room} refused us: #{stanza.child('error')&.elements&.map(&:name)&.join(' ')}")
    elsif stanza['type'].nil? && !@told
      @told = true
      @log.info("Joined MUC: #{room}/#{@nickname}.")
    end
  end

  # Answers the focus' health check; everything else about conferences this stand-in cannot do.
  def serve(stanza)
    return false unless stanza.child('healthcheck', HEALTH)
    @bridge.healthy? ? @client.reply(stanza) : @client.refuse(stanza, 'internal-server-error', 'wait')
    true
  end
end
