# frozen_string_literal: true

# The conference IQ: a participant asks through the client proxy that the focus opens a room.
class Requests
  FOCUS = 'http://jitsi.org/protocol/focus'

  def initialize(client, conferences, authentication, log)
    @client = client
    @conferences = conferences
    @authentication = authentication
    @log = log
  end

  # Answers an IQ; false when it is none of ours.
  def serve(stanza)
    query = stanza.child('conference', FOCUS)
    return false unless query && stanza['type'] == 'set'
    if query['room'].to_s.match?(/\A[^@\s]+@[^@\s]+\z/)
      # The proxy puts the sender's own JID behind the slash.
      sender = stanza['from'].to_s.split('/', 2).last.to_s
      @log.info("Conference request for room #{query['room']}, from #{sender}.")
      decide(stanza, query, sender)
    else
      @client.refuse(stanza, 'bad-request', 'modify')
    end
    true
  end

  private

  def decide(stanza, query, sender)
    session = @authentication.session(sender, query['session-id']) if @authentication.enabled?
    if @authentication.enabled? && session.nil? && !@conferences.exists?(query['room'])
      return @client.refuse(stanza, 'not-authorized', 'auth')
    end
    ready = @conferences.open(query['room'])
    answer = Standin::Element.new(
      'conference', { xmlns: FOCUS, room: query['room'], ready: ready, 'session-id': session,
                      focusjid: @client.jid.to_s.split('/').first },
      property('authentication', @authentication.enabled?), property('visitors-supported', false)
    )
    @client.reply(stanza, answer)
  end

  def property(name, value) = Standin::Element.new('property', name: name, value: value)
end
