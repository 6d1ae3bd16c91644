# frozen_string_literal: true

require 'securerandom'

# Who may open a room: everybody, or those whose log-in domain the configuration names.
class Authentication
  def initialize(settings)
    type = settings.get('jicofo.authentication.type', 'NONE')
    @type = settings.flag('jicofo.authentication.enabled', false) ? type : 'NONE'
    @lifetime = settings.seconds('jicofo.authentication.authentication-lifetime', 86_400)
    @domain = settings.get('jicofo.authentication.login-url') || settings.get('jicofo.xmpp.client.xmpp-domain')
    @sessions = {}
  end

  def enabled? = @type != 'NONE'

  # The session of that sender, new or remembered; nil when the sender has not logged in.
  def session(jid, session_id)
    @sessions.delete_if { |_, born| Time.now - born > @lifetime }
    return session_id if session_id && @sessions.key?(session_id)
    return nil unless jid.split('/').first.to_s.split('@').last.casecmp?(@domain)
    SecureRandom.uuid.tap { |id| @sessions[id] = Time.now }
  end
end
