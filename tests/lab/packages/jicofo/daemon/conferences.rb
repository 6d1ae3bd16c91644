# frozen_string_literal: true

# The rooms that the focus has opened: created on request, left when nobody comes or everybody has gone.
class Conferences
  MUC = 'http://jabber.org/protocol/muc'
  USER = "#{MUC}#user"
  OWNER = "#{MUC}#owner"
  ADMIN = "#{MUC}#admin"
  DATA = 'jabber:x:data'
  NICK = 'focus'
  JOIN_PATIENCE = 15

  # One room: a queue that tells how joining ended, the occupants' real JIDs by nick, and who owns it.
  Room = Struct.new(:jid, :joined, :state, :members, :owners, :quiet)

  def initialize(client, settings, log)
    @client = client
    @log = log
    @auto_owner = settings.flag('jicofo.conference.enable-auto-owner', true)
    @initial_timeout = settings.seconds('jicofo.conference.initial-timeout', 15)
    @patience = settings.seconds('jicofo.xmpp.client.reply-timeout', 15)
    logins = settings.flag('jicofo.authentication.enabled', false)
    @promote_domain = logins && settings.get('jicofo.authentication.login-url')
    @rooms = {}
    @lock = Mutex.new
  end

  def clear = @lock.synchronize { @rooms.clear }
  def exists?(jid) = @rooms.key?(jid.downcase)
  def statistics = { conferences: @rooms.size, participants: @rooms.values.sum { |room| room.members.size } }

  # Opens the room, or finds it open; true when the focus is inside. A quiet room is not worth a line in the log.
  def open(jid, quiet: false)
    jid = jid.downcase
    fresh = false
    room = @lock.synchronize do
      @rooms[jid] ||= Room.new(jid, Queue.new, :joining, {}, [], quiet).tap { fresh = true }
    end
    fresh ? enter(room) : room.state == :joined || wait(room)
  end

  def leave(jid, why)
    room = @lock.synchronize { @rooms.delete(jid) }
    return unless room
    @log.send(room.quiet ? :fine : :info, "Leaving #{jid}: #{why}.")
    @client.send(Standin::Element.new('presence', to: "#{jid}/#{NICK}", type: 'unavailable'))
  end

  # Takes a presence of one of the rooms; false when it belongs to none.
  def presence(stanza)
    jid, nick = stanza['from'].to_s.split('/', 2)
    room = @rooms[jid]
    return false unless room
    return own_presence(room, stanza) if nick == NICK || stanza['type'] == 'error'
    stanza['type'] == 'unavailable' ? gone(room, nick) : came(room, nick, stanza)
    true
  end

  private

  def enter(room)
    @client.send(Standin::Element.new('presence', { to: "#{room.jid}/#{NICK}" },
                                      Standin::Element.new('x', xmlns: MUC)))
    return false unless wait(room)
    configure(room)
    Thread.new { expire(room) }
    true
  end

  def wait(room)
    result = Timeout.timeout(JOIN_PATIENCE) { room.joined.pop }
    room.joined << result
    room.state = result ? :joined : :refused
    @lock.synchronize { @rooms.delete(room.jid) } unless result
    result
  rescue Timeout::Error
    leave(room.jid, 'no answer to joining')
    false
  end

  def own_presence(room, stanza)
    case stanza['type']
    when nil then room.joined << true if room.joined.empty?
    when 'error'
      @log.severe("Room #{room.jid} refused us: #{stanza.child('error')&.elements&.map(&:name)&.join(' ')}")
      room.joined << false
    else
      # While joining, this is the echo of having left an earlier room of that name.
      @lock.synchronize { @rooms.delete(room.jid) } if room.state == :joined
    end
    true
  end

  # Reads the room's form and sends back the one field that the focus changes: everybody may see real JIDs.
  def configure(room)
    form = @client.request(iq('get', room.jid, Standin::Element.new('query', xmlns: OWNER)), @patience)
    fields = form&.child('query', OWNER)&.child('x', DATA)
    return @log.warning("No configuration form from #{room.jid}.") unless fields
    answer = Standin::Element.new('x', { xmlns: DATA, type: 'submit' },
                                  field('FORM_TYPE', "#{MUC}#roomconfig"), field('muc#roomconfig_whois', 'anyone'))
    @client.request(iq('set', room.jid, Standin::Element.new('query', { xmlns: OWNER }, answer)), @patience)
  end

  def field(name, value) = Standin::Element.new('field', { var: name }, Standin::Element.new('value', {}, value))
  def iq(type, to, child) = Standin::Element.new('iq', { type: type, to: to }, child)

  def came(room, nick, stanza)
    item = stanza.child('x', USER)&.child('item')
    fresh = !room.members.key?(nick)
    room.members[nick] = item && item['jid']
    room.owners << nick if item && item['affiliation'] == 'owner' && !room.owners.include?(nick)
    @log.info("Member joined: #{nick} in #{room.jid}.") if fresh
    promote(room) if fresh
  end

  def gone(room, nick)
    room.members.delete(nick)
    room.owners.delete(nick)
    @log.info("Member left: #{nick} from #{room.jid}.")
    return leave(room.jid, 'everybody has left') if room.members.empty?
    promote(room)
  end

  # The first participant becomes owner when auto-owner is on; those of the login domain when they log in.
  def promote(room)
    if @promote_domain
      room.members.each { |nick, jid| make_owner(room, nick) if bare(jid).end_with?("@#{@promote_domain}") }
    elsif @auto_owner && room.owners.empty? && !room.members.empty?
      make_owner(room, room.members.keys.first)
    end
  end

  def make_owner(room, nick)
    jid = bare(room.members[nick])
    return if jid.empty? || room.owners.include?(nick)
    room.owners << nick
    item = Standin::Element.new('item', affiliation: 'owner', jid: jid)
    query = Standin::Element.new('query', { xmlns: ADMIN }, item)
    Thread.new { @client.request(iq('set', room.jid, query), @patience) }
  end

  def bare(jid) = jid.to_s.split('/').first.to_s

  def expire(room)
    sleep @initial_timeout
    leave(room.jid, 'nobody came') if @rooms[room.jid].equal?(room) && room.members.empty?
  end
end
