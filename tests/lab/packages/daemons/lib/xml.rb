# frozen_string_literal: true

require 'cgi'

module Standin
  # One XML element of a stanza: name, namespace, attributes, and children (elements and strings).
  class Element
    attr_reader :name, :xmlns, :attrs, :children

    def initialize(name, attrs = {}, *children)
      @name = name
      @attrs = attrs.transform_keys(&:to_s).compact.transform_values(&:to_s)
      @children = children.flatten.compact
      @xmlns = @attrs['xmlns']
    end

    # Used by the parser alone, which knows the namespace in scope.
    def in_namespace(uri)
      @xmlns = uri
      self
    end

    def [](attribute) = @attrs[attribute.to_s]
    def elements = @children.grep(Element)
    def text = @children.grep(String).join

    # The first child element of that name, and of that namespace when one is given.
    def child(name, xmlns = nil)
      elements.find { |element| element.name == name && (xmlns.nil? || element.xmlns == xmlns) }
    end

    def to_s
      attributes = @attrs.map { |key, value| " #{key}='#{CGI.escapeHTML(value)}'" }.join
      return "<#{@name}#{attributes}/>" if @children.empty?
      inner = @children.map { |child| child.is_a?(String) ? CGI.escapeHTML(child) : child.to_s }.join
      "<#{@name}#{attributes}>#{inner}</#{@name}>"
    end
  end

  # An incremental parser of an XMPP stream: bytes in, whole stanzas out.
  class StreamParser
    TOKEN = /\A(?:<(?:[^'">]|'[^']*'|"[^"]*")*>|[^<]+(?=<))/m
    ATTRIBUTE = /([^\s=]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/m
    LIMIT = 4 * 1024 * 1024

    def initialize(&on_stanza)
      @on_stanza = on_stanza
      reset
    end

    # Forgets everything: a new stream begins (after TLS, after authentication).
    def reset
      @buffer = +''.b
      @stack = []
      @open = false
      @ended = false
    end

    def ended? = @ended

    def feed(bytes)
      @buffer << bytes
      raise IOError, 'stanza too large' if @buffer.bytesize > LIMIT
      while (token = @buffer[TOKEN])
        @buffer.slice!(0, token.bytesize)
        take(token.dup.force_encoding(Encoding::UTF_8))
      end
    end

    private

    def take(token)
      if !token.start_with?('<') then text(token)
      elsif token.start_with?('<?') then nil
      elsif token.start_with?('</') then close
      else open(token)
      end
    end

    def text(token) = (@stack.last.children << CGI.unescapeHTML(token) unless @stack.empty?)

    def open(token)
      name = token[%r{\A<([^\s/>]+)}, 1]
      attrs = token.delete_prefix("<#{name}").scan(ATTRIBUTE).to_h { |key, one, two| [key, CGI.unescapeHTML(one || two)] }
      return @open = true unless @open
      element = Element.new(name.split(':').last, attrs)
      prefix = name.include?(':') ? "xmlns:#{name.split(':').first}" : 'xmlns'
      element.in_namespace(attrs[prefix] || (@stack.last&.xmlns unless name.include?(':')))
      @stack.last.children << element unless @stack.empty?
      @stack << element
      close if token.end_with?('/>')
    end

    def close
      return @ended = true if @stack.empty?
      element = @stack.pop
      @on_stanza.call(element) if @stack.empty?
    end
  end
end
