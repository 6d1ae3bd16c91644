var enableJaaS = false;

var config = {
    hosts: {
        domain: "vergaderen.voorbeeldstad.nl",
        anonymousdomain: "guest.vergaderen.voorbeeldstad.nl",
        muc: "conference.vergaderen.voorbeeldstad.nl"
    },
    bosh: "https://vergaderen.voorbeeldstad.nl/http-bind",
    websocket: "wss://vergaderen.voorbeeldstad.nl/xmpp-websocket",

    disableThirdPartyRequests: true,
    analytics: { disabled: true, rtcstatsEnabled: false, watchRTCEnabled: false },
    feedbackPercentage: 0,
    enableEmailInStats: false,
    enableDisplayNameInStats: false,
    gravatar: { disabled: true },
    giphy: { enabled: false },
    enableCalendarIntegration: false,
    whiteboard: { enabled: false },
    fileSharing: { enabled: false },
    transcription: { enabled: false },
    recordingService: { enabled: false, sharingEnabled: false },
    liveStreaming: { enabled: false },
    localRecording: { disable: true },
    screenshotCapture: { enabled: false },
    faceLandmarks: {
        enableFaceCentering: false,
        enableFaceExpressionsDetection: false,
        enableDisplayFaceExpressions: false,
        enableRTCStats: false
    },
    speakerStats: { disabled: true },
    disableRemoteControl: true,

    p2p: { enabled: false, stunServers: [{"urls":"stun:vergaderen.voorbeeldstad.nl:3478"}] },
    useTurnUdp: true,
    channelLastN: 25,
    e2ee: { disabled: false, externallyManagedKey: false },

    prejoinConfig: { enabled: true, hideExtraJoinButtons: ["by-phone"] },
    lobby: { autoKnock: false, enableChat: true },
    securityUi: { hideLobbyButton: false, disableLobbyPassword: false },
    roomPasswordNumberOfDigits: false,
    enableInsecureRoomNameWarning: true,
    requireDisplayName: true,
    hideLoginButton: false,
    tokenAuthUrl: "https://vergaderen.voorbeeldstad.nl/door?room={room}\u0026state={state}",
    startWithAudioMuted: true,
    startWithVideoMuted: true,

    doNotStoreRoom: true,
    hideEmailInSettings: true,
    disableShowMoreStats: true,
    enableSaveLogs: false,
    logging: { defaultLogLevel: "warn", disableLogCollector: true },
    apiLogLevels: [],

    defaultLanguage: "nl",
    welcomePage: { disabled: false },
    enableClosePage: false,
    deeplinking: { disabled: true },
    legalUrls: {
        helpCentre: "https://vergaderen.voorbeeldstad.nl/",
        privacy: "https://vergaderen.voorbeeldstad.nl/privacy",
        terms: "https://vergaderen.voorbeeldstad.nl/privacy",
        security: "https://vergaderen.voorbeeldstad.nl/.well-known/security.txt"
    },
    toolbarButtons: [
        "camera", "chat", "desktop", "filmstrip", "fullscreen", "hangup", "invite", "microphone", "noisesuppression",
        "participants-pane", "profile", "raisehand", "reactions", "security", "select-background", "settings",
        "shareaudio", "shortcuts", "tileview", "toggle-camera", "videoquality"
    ]
};
