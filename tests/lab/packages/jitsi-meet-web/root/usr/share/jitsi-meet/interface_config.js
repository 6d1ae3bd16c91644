// Stand-in for tests, with upstream's defaults that a private service has to replace.
var interfaceConfig = {
    APP_NAME: 'Jitsi Meet',
    NATIVE_APP_NAME: 'Jitsi Meet',
    PROVIDER_NAME: 'Jitsi',
    DEFAULT_WELCOME_PAGE_LOGO_URL: 'images/watermark.svg',
    DISPLAY_WELCOME_FOOTER: true,
    GENERATE_ROOMNAMES_ON_WELCOME_PAGE: true,
    JITSI_WATERMARK_LINK: 'https://jitsi.org',
    MOBILE_APP_PROMO: true,
    RECENT_LIST_ENABLED: true,
    SHOW_JITSI_WATERMARK: true,
    SUPPORT_URL: 'https://community.jitsi.org/'
};
